"""Devices that live: plausible values for every type, at the rate that was asked for."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from dcsync import emulator
from dcsync.emulator.telemetry import events
from dcsync.emulator.telemetry.event_types import DEVICE_TYPES, EVENTS_OF, STATES
from dcsync.emulator.telemetry.life import next_event
from tests.emulator.conftest import PROJECT, Endpoint

BOUNDS = {
    "value": (-10, 45),
    "temperature": (-10, 45),
    "relativeHumidity": (10, 95),
    "ppm": (400, 2500),
    "pascal": (95_000, 105_000),
    "percentage": (1, 100),
    "signalStrength": (5, 100),
    "rssi": (-113, -40),
    "total": (100, 1_000_000),
}
COMMON = {"touch", "networkStatus", "batteryStatus", "connectionStatus", "probeWireStatus"}


def live(device_type: str, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Some events of one device, each following the one before."""
    dice = random.Random(1)
    device = {"name": f"projects/{PROJECT}/devices/d", "type": device_type, "labels": {}}
    latest: dict[str, Any] = {}
    sent = []
    for _ in range(count):
        event_type, data = next_event(device_type, latest, dice)
        events.check_fits(device, event_type)
        latest[event_type] = events.of_device(device, event_type, data, 1_790_000_000.0)
        sent.append((event_type, data))
    return sent


@pytest.mark.parametrize("device_type", DEVICE_TYPES)
def test_values_are_plausible(device_type: str) -> None:
    """Every event fits its device, every value its bounds; measurements dominate."""
    sent = live(device_type, 2000)

    assert {kind for kind, _ in sent} >= set(EVENTS_OF[device_type]) - {"probeWireStatus"}
    measured = set(EVENTS_OF[device_type]) - COMMON or {"touch"}
    assert Counter(kind for kind, _ in sent).most_common(1)[0][0] in measured
    for _, data in sent:
        for name in BOUNDS.keys() & data.keys():
            low, high = BOUNDS[name]
            assert low <= data[name] <= high


@pytest.mark.parametrize(
    ("device_type", "event_type"),
    [("contact", "contact"), ("motion", "motion"), ("waterDetector", "waterPresent")],
)
def test_states_change(device_type: str, event_type: str) -> None:
    """A state event always tells another state than the one before."""
    states = [data["state"] for kind, data in live(device_type, 200) if kind == event_type]

    assert set(states) <= set(STATES[event_type])
    assert all(state != after for state, after in pairwise(states))


@pytest.mark.parametrize(
    ("device_type", "event_type"),
    [("touchCounter", "touchCount"), ("proximityCounter", "objectPresentCount")],
)
def test_counters_never_fall(device_type: str, event_type: str) -> None:
    """A counter's total only grows."""
    totals = [data["total"] for kind, data in live(device_type, 200) if kind == event_type]

    assert totals == sorted(totals)


def test_temperature_moves_slowly() -> None:
    """Two readings in a row lie close together."""
    values = [data["value"] for kind, data in live("temperature", 500) if kind == "temperature"]

    assert all(abs(after - value) < 2 for value, after in pairwise(values))


def test_rate(clock: emulator.ManualClock, endpoint: Endpoint) -> None:
    """So many events come in a second, over all devices, and they are delivered."""
    with emulator.running(clock=clock, seed=emulator.DEFAULT_SEED, random_seed=1) as cloud:
        config = {"type": "HTTP_PUSH", "httpConfig": {"url": endpoint.url}}
        for project in cloud.store.projects.of():
            cloud.add_connector(project, config)
        cloud.set_rate(40)
        clock.advance(2)
        assert cloud.wait_for_life()
        assert cloud.wait_for_deliveries()

    assert len(endpoint.received) == 80
    assert len({body["metadata"]["deviceId"] for body in endpoint.bodies}) == 17


def test_rate_can_change(clock: emulator.ManualClock) -> None:
    """A new rate holds from its moment on; 0 is silence; an impossible one is refused."""
    with emulator.running(clock=clock, seed=emulator.DEFAULT_SEED, rate=10) as cloud:
        clock.advance(1)
        assert cloud.wait_for_life()
        cloud.set_rate(0)
        clock.advance(100)
        assert cloud.wait_for_life()
        total = sum(1 for _ in cloud.store.events.items())
        with pytest.raises(ValueError, match="must be from 0 to 100000"):
            cloud.set_rate(-1)
        with pytest.raises(ValueError, match="must be from 0 to 100000"):
            cloud.set_rate(float("nan"))

    assert total == 10


def test_no_devices_no_events(clock: emulator.ManualClock) -> None:
    """A world without devices stays silent at any rate."""
    with emulator.running(clock=clock, rate=1000) as cloud:
        clock.advance(1)
        assert cloud.wait_for_life()
        assert not cloud.store.events
