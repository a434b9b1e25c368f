"""Devices out of reach: what they store, and how they send it once they are back."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import emulator
from dcsync.emulator.clock import parse_timestamp

QUARTER_S = 900.0


def measured(cloud: emulator.Emulator, device_id: str) -> list[dict[str, Any]]:
    """The events of a device in the order in which they were sent."""
    return list(cloud.store.events.of(device_id).values())


def moments(events: list[dict[str, Any]]) -> list[float]:
    return [parse_timestamp(event["timestamp"]) for event in events]


def is_late(event: dict[str, Any]) -> bool:
    return bool(event["data"][event["eventType"]]["isBackfilled"])


def test_the_newest_comes_first_and_live_ones_between(clock: emulator.ManualClock) -> None:
    """Two heartbeats, then one event a second backwards, mixed with what is measured meanwhile."""
    with emulator.running(clock=clock, heartbeat_s=3.0, random_seed=1) as cloud:
        project_id = cloud.add_project()
        device_id = cloud.add_device(project_id, "temperature")
        begun_s = clock.now()
        assert cloud.go_offline(project_id, minutes=0.35) == [device_id]
        clock.advance(20.9)
        assert cloud.wait_for_backfill()
        assert measured(cloud, device_id) == []
        clock.advance(60.0)
        assert cloud.wait_for_backfill()
        events = measured(cloud, device_id)

    offset = [round(moment - begun_s, 3) for moment in moments(events)]
    assert offset == [21, 24, 18, 15, 12, 27, 9, 6, 3][: len(offset)]
    assert [is_late(event) for event in events] == [moment < 21 for moment in offset]
    assert sum(map(is_late, events)) == 6


def test_what_is_published_meanwhile_is_stored(clock: emulator.ManualClock) -> None:
    """Measurements come later as they were; of touches nobody hears."""
    with emulator.running(clock=clock) as cloud:
        project_id = cloud.add_project()
        device_id = cloud.add_device(project_id, "humidity")
        other = cloud.add_device(project_id, "humidity")
        cloud.go_offline(project_id, minutes=10, device_id=device_id)
        clock.advance(60)
        payload = {"temperature": 4.5, "relativeHumidity": 40}
        cloud.publish(project_id, device_id, "humidity", payload)
        cloud.publish(project_id, device_id, "touch", {})
        cloud.publish(project_id, other, "touch", {})
        assert measured(cloud, device_id) == []
        assert len(measured(cloud, other)) == 1
        clock.advance(3600)
        assert cloud.wait_for_backfill()
        events = measured(cloud, device_id)

    [stored] = [event for event in events if is_late(event)]
    assert stored["data"]["humidity"]["temperature"] == 4.5
    assert {event["eventType"] for event in events} == {"humidity"}


def test_devices_that_measure_nothing_are_only_silent(clock: emulator.ManualClock) -> None:
    """A door is not heard for a while, and that is all."""
    with emulator.running(clock=clock) as cloud:
        project_id = cloud.add_project()
        door = cloud.add_device(project_id, "contact")
        cloud.go_offline(project_id, minutes=1)
        cloud.publish(project_id, door, "contact", {"state": "OPEN"})
        clock.advance(61)
        assert cloud.wait_for_backfill()
        cloud.publish(project_id, door, "contact", {"state": "CLOSED"})
        states = [event["data"]["contact"]["state"] for event in measured(cloud, door)]

    assert states == ["CLOSED"]


def test_lost_again_it_goes_on_later(clock: emulator.ManualClock) -> None:
    """What was not sent yet is kept over another time out of reach, and comes after the newer."""
    with emulator.running(clock=clock, heartbeat_s=10.0, backfill_after=1) as cloud:
        project_id = cloud.add_project()
        device_id = cloud.add_device(project_id, "temperature")
        cloud.go_offline(project_id, minutes=2)
        clock.advance(124)
        assert cloud.wait_for_backfill()
        cloud.go_offline(project_id, minutes=2)
        clock.advance(300)
        assert cloud.wait_for_backfill()
        late = moments([event for event in measured(cloud, device_id) if is_late(event)])
        assert not cloud.reach.is_lost(device_id)

    assert late[:5] == sorted(late[:5], reverse=True)
    assert late[5:] == sorted(late[5:], reverse=True)
    assert late[5] > late[0]


def test_what_cannot_be_lost_is_refused(clock: emulator.ManualClock) -> None:
    """No such device, no such project, no such time."""
    with emulator.running(clock=clock) as cloud:
        project_id = cloud.add_project()
        with pytest.raises(Exception, match="no such device"):
            cloud.go_offline(project_id, minutes=1, device_id="nobody")
        with pytest.raises(Exception, match="no such project"):
            cloud.go_offline("nowhere", minutes=1)
        for minutes in (0, -1, 50_000, float("nan")):
            with pytest.raises(ValueError, match="minutes must be"):
                cloud.go_offline(project_id, minutes=minutes)


def test_ids_may_bear_the_time_of_their_event(clock: emulator.ManualClock) -> None:
    """What the ids of back-filled events tell is not known: both can be had."""
    with emulator.running(clock=clock, event_id_time="event", reported_is="last") as cloud:
        project_id = cloud.add_project()
        device_id = cloud.add_device(project_id, "temperature")
        old = {"value": 1, "updateTime": "2026-01-01T00:00:00Z", "isBackfilled": True}
        new = cloud.publish(project_id, device_id, "temperature", {"value": 2})
        late = cloud.publish(project_id, device_id, "temperature", old)
        reported = cloud.device_shown(cloud.device(device_id))["reported"]["temperature"]

    assert late["eventId"][:6] < new["eventId"][:6]
    assert reported["value"] == 1
