"""A made-up past: the same whoever asks and however, and no memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dcsync import emulator
from dcsync.emulator.clock import parse_timestamp, timestamp
from dcsync.emulator.telemetry.event_types import DEVICE_TYPES

from .conftest import PROJECT, Api, Endpoint

DAY_S = 86400.0


@pytest.fixture
def cloud(clock: emulator.ManualClock) -> Iterator[emulator.Emulator]:
    with emulator.running(rate_limit=None, clock=clock, past_s=31 * DAY_S) as running:
        yield running


def history(api: Api, device_id: str, **query: Any) -> list[dict[str, Any]]:
    """All pages."""
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        path = f"/projects/{PROJECT}/devices/{device_id}/events"
        page = api.get(path, page_token=token, **query)
        found += page["events"]
        token = page["nextPageToken"]
        if not token:
            return found


@pytest.mark.slow
def test_the_past_is_the_same_by_any_pages(
    cloud: emulator.Emulator, api: Api, project: str, clock: emulator.ManualClock
) -> None:
    """Newest first, each event once, with what was really sent among them."""
    device_id = cloud.add_device(project, "humidity", device_id="dc0t5vro6h15oko07acg")
    start = timestamp(clock.now() - 31 * DAY_S)
    moment = timestamp(clock.now() - 3 * DAY_S)
    payload = {"temperature": 4.5, "relativeHumidity": 40, "updateTime": moment}
    sent = cloud.publish(project, device_id, "humidity", payload)

    whole = history(api, device_id, start_time=start)
    small = history(api, device_id, start_time=start, page_size=97)
    part = history(api, device_id, start_time=moment, end_time=timestamp(clock.now() - 2 * DAY_S))

    assert small == whole
    assert len({event["eventId"] for event in whole}) == len(whole) > 31 * 96
    stamps = [event["timestamp"] for event in whole]
    assert stamps == sorted(stamps, reverse=True)
    assert sent in whole
    assert part == [event for event in whole if event in part]
    assert 90 < len([event for event in part if event["eventType"] == "humidity"]) < 100


@pytest.mark.parametrize("device_type", DEVICE_TYPES)
def test_every_device_has_a_past_and_reports_it(
    device_type: str, cloud: emulator.Emulator, api: Api, project: str
) -> None:
    """What a device reports is the newest of its history."""
    device_id = cloud.add_device(project, device_type)

    events = history(api, device_id)
    device = api.get(f"/projects/{project}/devices/{device_id}")

    assert len(events) >= 95
    newest: dict[str, Any] = {}
    for event in events:
        newest.setdefault(event["eventType"], event["data"][event["eventType"]])
    assert {k: v for k, v in device["reported"].items() if v is not None} == newest


def test_another_start_has_the_same_past(clock: emulator.ManualClock) -> None:
    """It follows from the device's id and the moment alone."""
    pasts = []
    for _ in range(2):
        with emulator.running(clock=clock, past_s=DAY_S) as running:
            running.add_project("Oslo", PROJECT)
            running.add_device(PROJECT, "co2", device_id="dc0t5vro6h15oko07acg")
            device = running.device("dc0t5vro6h15oko07acg")
            pasts.append(list(running.past.newest_first(device, 0, clock.now())))

    assert pasts[0] == pasts[1]
    assert {event["eventType"] for event in pasts[0]} >= {"co2", "pressure", "humidity"}


def test_a_dense_past_costs_a_page(clock: emulator.ManualClock) -> None:
    """Millions of events: only those of the page are made."""
    with emulator.running(rate_limit=None, clock=clock, past_s=31 * DAY_S, heartbeat_s=1) as dense:
        dense.add_project("Oslo", PROJECT)
        device_id = dense.add_device(PROJECT, "temperature")
        api = Api(dense, dense.account)
        with api.session:
            page = api.get(
                f"/projects/{PROJECT}/devices/{device_id}/events", start_time=timestamp(0)
            )
    moments = [parse_timestamp(event["timestamp"]) for event in page["events"]]

    assert len(moments) == 1000
    assert 700 < moments[0] - moments[-1] < 1000
    assert page["nextPageToken"]


def test_an_endpoint_recovers(cloud: emulator.Emulator, project: str, endpoint: Endpoint) -> None:
    """It fails for so many deliveries without being called; what was queued is delivered then."""
    cloud.switch(backoff_first_s=0.0)
    device_id = cloud.add_device(project, "touch")
    cloud.add_connector(project, {"type": "HTTP_PUSH", "httpConfig": {"url": endpoint.url}})
    cloud.fail_endpoint("http://127.0.0.1:*", count=3)

    event = cloud.publish(project, device_id, "touch")
    assert cloud.wait_for_deliveries()

    assert [attempt.status for attempt in cloud.delivery_attempts] == [503, 503, 503, 200]
    assert endpoint.event_ids == [event["eventId"]]


def test_an_outage_of_minutes_ends(
    cloud: emulator.Emulator, project: str, endpoint: Endpoint, clock: emulator.ManualClock
) -> None:
    """While it holds every delivery fails; one that would never end is refused."""
    device_id = cloud.add_device(project, "touch")
    cloud.add_connector(project, {"type": "HTTP_PUSH", "httpConfig": {"url": endpoint.url}})
    cloud.fail_endpoint(minutes=2, status=0)
    cloud.publish(project, device_id, "touch")
    assert cloud.wait_for_deliveries()
    assert endpoint.received == []

    clock.advance(121)
    assert cloud.wait_for_deliveries()

    assert len(endpoint.received) == 1
    with pytest.raises(ValueError, match="count or minutes"):
        cloud.fail_endpoint()
