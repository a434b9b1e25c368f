"""No event is missed and none is shown twice, whatever becomes of the connection."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, product, takewhile
from typing import Any

import pytest

from dcsync.cloud.clock import Clock
from dcsync.watch.devices import WatchedDevice
from dcsync.watch.enquiry import Behind, Enquiry, Findings
from dcsync.watch.happenings import Gap, Happening, Joined, Lost, MatchedEvent
from dcsync.watch.merge import watching
from dcsync.watch.moments import seconds_of, text_of
from dcsync.watch.progress import SeenEvents
from tests.watch.conftest import Oslo, ids, interest, shown


def test_a_gap_is_filled_from_history_in_order_of_time(oslo: Oslo) -> None:
    """What devices sent while there was no stream comes first once there is one again."""
    fridge, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    happenings = oslo.joined()
    oslo.publish(fridge)
    assert ids(happenings, 1) == oslo.published

    oslo.interrupt(
        lambda: [
            oslo.publish(door, "contact", state="OPEN"),
            oslo.publish(fridge),
            oslo.publish(door, "contact", state="CLOSED"),
        ]
    )
    assert isinstance(next(happenings), Lost)
    assert ids(happenings, 3) == oslo.published[1:]

    joined = next(happenings)
    assert isinstance(joined, Joined)
    assert joined.filled == 3


def test_what_was_there_before_the_watch_is_never_shown(oslo: Oslo) -> None:
    """A gap brings what is new, not what a device had sent before the watch began."""
    fridge = oslo.add_device(name="Fridge")
    oslo.publish(fridge)
    happenings = oslo.joined()
    during: list[str] = []

    oslo.interrupt(lambda: during.append(oslo.publish(fridge)))
    next(happenings)
    oslo.publish(fridge)

    assert ids(happenings, 2) == oslo.published[1:]


def test_a_device_that_came_during_a_gap_is_followed(oslo: Oslo) -> None:
    """The renewed listing shows new devices, and their events are news."""
    happenings = oslo.joined(interest(label_keys=["room"]))
    oslo.interrupt(lambda: oslo.publish(oslo.add_device(name="New", room="7")))

    assert [each.device.name for each in shown(happenings, 1)] == ["New"]


@pytest.mark.parametrize(
    ("when", "ahead_s"),
    [
        *product(["in the stream", "in a gap"], [10, 3600, 3.2e7]),
        *product(["before the watch"], [3600, 3.2e7]),
    ],
)
def test_an_event_ahead_of_the_clock_hides_no_later_one(
    oslo: Oslo, ahead_s: float, when: str
) -> None:
    """Neither of its sensor nor of a new one, in this gap and in the next."""
    fridge = oslo.add_device(name="Fridge")
    ahead = partial(oslo.publish, fridge, value=1, updateTime=text_of(time.time() + ahead_s))
    if when == "before the watch":
        ahead()
        oslo.published.clear()
    happenings = oslo.joined()
    if when == "in the stream":
        ahead()
        assert ids(happenings, 1) == oslo.published
    for _ in range(2):
        before = len(oslo.published)

        def publish() -> None:
            if when == "in a gap":
                ahead()
            oslo.publish(fridge)
            oslo.publish(oslo.add_device(name="New"))

        oslo.interrupt(publish)
        oslo.publish(fridge)
        expected = oslo.published[before:]
        assert {*ids(happenings, len(expected))} >= {*expected} - {*oslo.published[:before]}


def test_a_gap_in_a_quiet_project_costs_a_few_calls(oslo: Oslo) -> None:
    """500 devices, two with something newer: 5 listing pages and 2 histories beside the stream."""
    devices = [oslo.add_device(name=f"T{number}") for number in range(500)]
    for device_id in devices[:400]:
        oslo.publish(device_id)
    oslo.published.clear()
    happenings = oslo.joined()
    # The last thing that was heard is long past for all others.
    time_of_silence = oslo.cloud.publish(oslo.project_id, devices[499], "touch", {})
    assert ids(happenings, 1) == [time_of_silence["eventId"]]
    before = Counter(oslo.calls())

    oslo.interrupt(lambda: [oslo.publish(devices[7]), oslo.publish(devices[499])])

    assert ids(happenings, 2) == oslo.published
    assert Counter(oslo.calls()) - before == {"devices": 5, "events": 2, "devices:stream": 1}


TROUBLES: dict[str, Mapping[str, Any]] = {
    "*devices:stream": {"status": 503},
    "*/devices": {"status": 500, "count": 3},
    "*/events": {"drop": True, "count": 2},
    "*/*/events": {"status": 429, "headers": {"Retry-After": "0"}},
    "*/devices:*": {"status": 429, "headers": {"Retry-After": "1"}},
}
"""Calls that fail for a while, by path."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_no_order_of_troubles_loses_or_doubles_an_event(oslo: Oslo, seed: int) -> None:
    """Events, lost connections and failing calls in any order: each event comes once, at once."""
    chance = random.Random(seed)
    devices = [oslo.add_device(name=f"T{number}") for number in range(3)]
    happenings = oslo.joined()
    seen: list[str] = []
    for _ in range(40):
        _trouble(oslo, devices, chance)
        for _ in range(chance.randrange(4)):
            oslo.publish(chance.choice(devices))
        while len(seen) < len(oslo.published):  # pauses publish as well
            seen += ids(happenings, len(oslo.published) - len(seen))

    assert sorted(seen) == sorted(oslo.published)


def _trouble(oslo: Oslo, devices: Sequence[str], chance: random.Random) -> None:
    """One of: nothing, a lost connection, one that will be cut soon, a call that will fail."""

    def publish() -> None:
        for _ in range(chance.randrange(5)):
            oslo.publish(chance.choice(devices))

    match chance.randrange(4):
        case 0:
            oslo.interrupt(publish)
        case 1:
            oslo.cloud.fail("*devices:stream", cut_stream_after=chance.randrange(4))
            oslo.interrupt(publish, publish)
        case 2:
            path = chance.choice(list(TROUBLES))
            oslo.cloud.fail(path, **TROUBLES[path])
            oslo.interrupt(publish, publish)
        case _:
            pass


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_streams_cut_while_events_flow_lose_and_double_nothing(oslo: Oslo, seed: int) -> None:
    """Devices publish all the time while streams end and break: each event comes once."""
    chance = random.Random(seed)
    devices = [oslo.add_device(name=f"T{number}") for number in range(5)]
    clock = Clock(random=lambda: 0.0)
    with watching(oslo.reader, {oslo.project_id: [interest()]}, clock) as watched:
        happenings = chain.from_iterable(watched.until(time.monotonic() + 45))
        assert isinstance(next(happenings), Joined)
        publisher = threading.Thread(target=_publish_and_cut, args=(oslo, devices, chance))
        publisher.start()
        seen = _until_done(happenings, publisher, oslo)

    assert sorted(seen) == sorted(oslo.published)


def _publish_and_cut(oslo: Oslo, devices: Sequence[str], chance: random.Random) -> None:
    for _ in range(6):
        oslo.cloud.wait_for_streams(1)
        for _ in range(chance.randrange(100)):
            oslo.publish(chance.choice(devices))
        if chance.randrange(2):
            oslo.cloud.fail("*devices:stream", cut_stream_after=chance.randrange(20))
        oslo.cloud.close_streams()
        for _ in range(chance.randrange(100)):
            oslo.publish(chance.choice(devices))


def _until_done(
    happenings: Iterator[Happening], publisher: threading.Thread, oslo: Oslo
) -> list[str]:
    """Every id that was shown until all events, and a last one of each device, have come."""
    seen: list[str] = []
    for happening in happenings:
        assert not isinstance(happening, Gap)
        if isinstance(happening, MatchedEvent):
            seen.append(happening.arrival.event_id)
        if not publisher.is_alive() and len(set(seen)) >= len(oslo.published):
            break
    publisher.join()
    return seen


def test_events_of_one_moment_are_told_apart(oslo: Oslo) -> None:
    """An event with the very time of the last one that was shown is found in the history."""
    fridge = oslo.add_device(name="Fridge")
    moment = text_of(int(time.time()) - 60)
    happenings = oslo.joined(since_s=time.time() - 3600)
    oslo.publish(fridge, value=1, updateTime=moment)
    assert ids(happenings, 1) == oslo.published

    oslo.interrupt(lambda: oslo.publish(fridge, value=2, updateTime=moment))

    assert ids(happenings, 1) == oslo.published[1:]


def test_an_event_that_stream_and_history_bring_is_shown_once(oslo: Oslo) -> None:
    """What is sent between the new connection and the listing comes both ways."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    oslo.publish(fridge)
    assert ids(happenings, 1) == oslo.published
    listing = oslo.reader.list_devices
    many = 50

    def list_devices(project_id: str, **__: object) -> list[dict[str, object]]:
        for _ in range(many):
            oslo.publish(fridge)
        return listing(project_id)

    oslo.reader.list_devices = list_devices  # type: ignore[method-assign]
    oslo.interrupt(lambda: None)
    next(happenings)
    shown_ids = ids(happenings, many)
    oslo.publish(fridge)

    assert shown_ids + ids(happenings, 1) == oslo.published[1:]


@pytest.mark.slow
def test_a_silent_connection_is_given_up_and_nothing_is_lost(oslo: Oslo) -> None:
    """No ping in time is a lost connection, although the socket is open: history has the rest."""
    oslo.cloud.switch(ping_passes_filter=False)
    fridge = oslo.add_device(name="Fridge")
    oslo.reader.open_stream = partial(oslo.reader.open_stream, ping_interval_s=0.01)  # type: ignore[method-assign]
    happenings = oslo.joined(interest(event_types=["temperature"]))
    oslo.in_pauses.append(lambda: oslo.publish(fridge))

    lost = next(happenings)

    assert isinstance(lost, Lost)
    assert lost.reason.endswith("no data in time, not even a ping")
    assert ids(happenings, 1) == oslo.published


def test_events_without_an_id_are_told_apart(oslo: Oslo) -> None:
    """Whatever the server leaves out, two different events are two lines."""
    fridge = oslo.cloud.device(oslo.add_device(name="Fridge"))
    happenings = oslo.joined()
    for number in (1, 2):
        event = {
            "targetName": fridge["name"],
            "eventType": "touch",
            "timestamp": f"2026-03-01T12:00:0{number}Z",
        }
        with oslo.cloud.lock:
            oslo.cloud.streams.offer(event, fridge, oslo.project_id)

    assert [each.arrival.timestamp[-3:] for each in shown(happenings, 2)] == ["01Z", "02Z"]


def ago(seconds: float) -> str:
    """A time that history still reaches."""
    return text_of(time.time() - seconds)


def test_events_that_come_a_second_late_are_found(oslo: Oslo) -> None:
    """What is older than the last event that was shown, but not by much, may still be missing."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    oslo.publish(fridge, value=1, updateTime=ago(9))
    assert ids(happenings, 1) == oslo.published

    oslo.interrupt(lambda: oslo.publish(fridge, value=2, updateTime=ago(10)))

    assert ids(happenings, 1) == oslo.published[1:]


def test_a_long_gap_is_filled_in_order_whatever_the_order_of_history(oslo: Oslo) -> None:
    """History brings the newest first; the oldest is shown first, and none is taken for known."""
    fridge, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    happenings = oslo.joined()

    def publish() -> None:
        for seconds in (50, 40, 30, 20):
            oslo.publish(fridge, value=seconds, updateTime=ago(seconds))
            oslo.publish(door, "contact", state="OPEN", updateTime=ago(seconds - 5))

    oslo.interrupt(publish)

    assert ids(happenings, 8) == oslo.published


def test_a_filling_that_fails_half_way_is_finished_later(oslo: Oslo) -> None:
    """What was found is shown at once; the rest is asked for again, from where it was missed."""
    fridge, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    oslo.publish(fridge, value=1, updateTime=ago(60))
    happenings = oslo.joined()
    rule = 0

    def publish() -> None:
        nonlocal rule
        oslo.publish(fridge, value=2, updateTime=ago(1))
        oslo.publish(door, "contact", state="OPEN", updateTime=ago(30))
        rule = oslo.cloud.fail(f"*/{door}/events", status=503, count=None)

    oslo.interrupt(publish, lambda: oslo.cloud.heal(rule))
    assert isinstance(next(happenings), Lost)
    first, lost = next(happenings), next(happenings)

    assert isinstance(first, MatchedEvent)
    assert first.arrival.event_id == oslo.published[1]
    assert isinstance(lost, Lost)
    assert ids(happenings, 1) == oslo.published[2:]


def test_back_off_starts_over_once_something_came(oslo: Oslo) -> None:
    """A server that ends its streams now and then is taken up again at once each time."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    waits = []
    for _ in range(3):
        oslo.interrupt()
        lost = next(happenings)
        assert isinstance(lost, Lost)
        waits.append(lost.wait_s)
        assert isinstance(next(happenings), Joined)
        oslo.publish(fridge)
        shown(happenings, 1)

    assert waits == [0.125] * 3


def test_every_gap_has_its_own_attempts(oslo: Oslo) -> None:
    """History that fails twice in each of many gaps is no reason to give one up."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()

    def publish() -> None:
        oslo.publish(fridge)
        oslo.cloud.fail("*/events", status=503, count=None)

    for number in range(3):
        oslo.interrupt(publish, lambda: None, oslo.cloud.heal)
        until_found = list(takewhile(lambda each: not isinstance(each, MatchedEvent), happenings))

        assert not [each for each in until_found if isinstance(each, Gap)]
        assert sum(isinstance(each, Lost) for each in until_found) == 3, number


@pytest.mark.parametrize(
    ("written", "is_read"),
    [
        ("2026-03-01t12:00:00z", True),
        ("2026-03-01T12:00:00", True),
        ("yesterday", False),
        ("", False),
    ],
)
def test_history_without_a_usable_time_makes_a_gap_incomplete(written: str, is_read: bool) -> None:
    """What cannot be placed is counted, not passed over as too old; without a zone it is UTC."""
    noon_s = 1772366400.0
    assert seconds_of("2026-03-01T12:00:00Z") == noon_s

    class Archive:
        def list_devices(self, *_: object, **__: object) -> list[dict[str, Any]]:
            return []

        def event_history(self, *_: object, **__: object) -> Iterator[dict[str, Any]]:
            yield {"eventId": "a", "eventType": "touch", "timestamp": written}

    device = WatchedDevice("d", "touch")
    behind = Behind(device, noon_s - 60, ("touch",), {"touch": noon_s}, ())
    found = Findings()

    Enquiry(Archive(), "p", SeenEvents(noon_s - 60, None)).ask(behind, noon_s + 60, found)

    assert [arrival.event_id for arrival in found.take()] == ["a"] * is_read
    assert ("history has events without a usable time: 1" in found.flaws()) is not is_read
