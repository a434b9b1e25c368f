"""Generates the events of devices: the next event has a value that could follow the last."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Callable, Mapping
from typing import Any

from dcsync.emulator.state import Publish, State
from dcsync.emulator.telemetry.event_types import EVENTS_OF, STATES
from dcsync.emulator.wire import Json

_TICK_S = 0.01
_FASTEST = 100_000
_COMMON = {"networkStatus": 0.10, "touch": 0.03, "batteryStatus": 0.01, "connectionStatus": 0.01}
"""How often an event is one of those that (nearly) every device sends."""


class Life:
    """Publishes events at a rate, device by device, until `stop`. `run` needs its own thread."""

    def __init__(self, state: State, publish: Publish) -> None:
        self._state = state
        self._publish = publish
        self._changed = threading.Condition()
        self._rate = 0.0
        self._began = 0.0
        self._sent = 0
        self._stopped = False
        self._turn = 0

    def set_rate(self, events_per_second: float) -> None:
        """Send this many events per second over all devices; 0: none."""
        if not 0 <= events_per_second <= _FASTEST:
            raise ValueError(f"the rate must be from 0 to {_FASTEST} events a second")
        with self._changed:
            self._rate, self._began, self._sent = events_per_second, self._state.clock.now(), 0
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self) -> None:
        while True:
            with self._changed:
                while not (due := self._due()) and not self._stopped:
                    self._state.clock.wait(self._changed, self._next_moment())
                if self._stopped:
                    return
            self._step(due)
            with self._changed:
                self._sent += due
                self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait, in real time, until all due events were sent."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._due(), timeout_s)

    def _step(self, count: int) -> None:
        """Send the next events of the next devices in turn."""
        state = self._state
        with state.lock:
            devices = [device for _, _, device in state.store.devices.items()]
            for _ in range(count if devices else 0):
                self._turn = (self._turn + 1) % len(devices)
                device = devices[self._turn]
                _, project_id, _, device_id = device["name"].split("/")
                latest = state.store.latest.of(device_id)
                event_type, data = next_event(device["type"], latest, state.random)
                self._publish(project_id, device_id, event_type, data)

    def _due(self) -> int:
        if not self._rate:
            return 0
        return int((self._state.clock.now() - self._began) * self._rate) - self._sent

    def _next_moment(self) -> float | None:
        if not self._rate:
            return None
        return max(self._began + (self._sent + 1) / self._rate, self._state.clock.now() + _TICK_S)


def next_event(
    device_type: str, latest: Mapping[str, Json], dice: random.Random
) -> tuple[str, Json]:
    """The type and payload of a device's next event, following its last one."""
    possible = EVENTS_OF[device_type]
    own = [t for t in possible if t not in _COMMON and t != "probeWireStatus"] or ["touch"]
    common = [t for t in possible if t in _COMMON]
    chosen = dice.choices(
        [None, *common], [1 - sum(_COMMON[t] for t in common), *(_COMMON[t] for t in common)]
    )[0]
    event_type = chosen or (next((t for t in own if t not in latest), None) or dice.choice(own))
    before = latest.get(event_type, {}).get("data", {}).get(event_type, {})
    return event_type, _payload(event_type, before, dice)


def measurement(device_type: str, dice: random.Random) -> list[tuple[str, Json]]:
    """What a device measures at a heartbeat."""
    return [
        (event_type, make({}, dice))
        for event_type in EVENTS_OF[device_type]
        if event_type not in _COMMON and (make := _PAYLOADS.get(event_type))
    ]


def _payload(event_type: str, before: Json, dice: random.Random) -> Json:
    if event_type in STATES:
        return {"state": _other(STATES[event_type][:2], before.get("state"), dice)}
    make = _PAYLOADS.get(event_type)
    return make(before, dice) if make else {}


def _other(states: tuple[str, ...], before: Any, dice: random.Random) -> str:
    """A different state, because an event reports a change."""
    return dice.choice([state for state in states if state != before])


def _walk(
    before: Any, start: float, step: float, low: float, high: float, dice: random.Random
) -> float:
    """A value close to the last one, kept within its bounds."""
    value = (start + dice.gauss(0, 2 * step)) if before is None else before + dice.gauss(0, step)
    return min(max(value, low), high)


def _temperature(before: Json, dice: random.Random) -> Json:
    return {"value": round(_walk(before.get("value"), 21, 0.2, -10, 45, dice), 2)}


def _humidity(before: Json, dice: random.Random) -> Json:
    humidity = _walk(before.get("relativeHumidity"), 40, 1, 10, 95, dice)
    return {
        "temperature": round(_walk(before.get("temperature"), 21, 0.2, -10, 45, dice), 1),
        "relativeHumidity": round(humidity),
    }


def _count(before: Json, dice: random.Random) -> Json:
    return {"total": before.get("total", dice.randrange(100, 5000)) + dice.randrange(0, 6)}


def _co2(before: Json, dice: random.Random) -> Json:
    return {"ppm": round(_walk(before.get("ppm"), 550, 25, 400, 2500, dice))}


def _pressure(before: Json, dice: random.Random) -> Json:
    return {"pascal": round(_walk(before.get("pascal"), 101_000, 20, 95_000, 105_000, dice))}


def _battery(before: Json, dice: random.Random) -> Json:
    return {"percentage": max(before.get("percentage", 100) - (dice.random() < 0.1), 1)}


def _network(before: Json, dice: random.Random) -> Json:
    strength = round(_walk(before.get("signalStrength"), 70, 4, 5, 100, dice))
    rssi = -math.ceil(113 - 0.63 * strength)
    signal = {"signalStrength": strength, "rssi": rssi}
    return {
        **signal,
        "cloudConnectors": [{"id": "emulated-ccon", **signal}],
        "transmissionMode": "LOW_POWER_STANDARD_MODE",
    }


def _connection(before: Json, dice: random.Random) -> Json:
    states = ("ETHERNET", "CELLULAR")
    return {
        "connection": _other(states, before.get("connection"), dice),
        "available": list(states),
    }


def _ethernet(before: Json, dice: random.Random) -> Json:  # noqa: ARG001 - one of _PAYLOADS
    return {"macAddress": "f0:b5:b7:00:0a:08", "ipAddress": "10.0.0.1", "errors": []}


def _cellular(before: Json, dice: random.Random) -> Json:
    return {
        "signalStrength": round(_walk(before.get("signalStrength"), 80, 3, 5, 100, dice)),
        "errors": [],
    }


_PAYLOADS: Mapping[str, Callable[[Json, random.Random], Json]] = {
    "temperature": _temperature,
    "humidity": _humidity,
    "objectPresentCount": _count,
    "touchCount": _count,
    "co2": _co2,
    "pressure": _pressure,
    "batteryStatus": _battery,
    "networkStatus": _network,
    "connectionStatus": _connection,
    "ethernetStatus": _ethernet,
    "cellularStatus": _cellular,
}
