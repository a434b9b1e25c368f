"""One project followed: which devices are shown, and what is told when something is missing."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pytest

from dcsync.cloud.clock import Clock
from dcsync.errors import Forbidden, NotFound, ServerError
from dcsync.watch.follow import Follower
from dcsync.watch.happenings import Failed, Gap, Joined, Lost, MatchedEvent
from dcsync.watch.merge import Watched, watching
from tests.watch.conftest import Hurry, Oslo, ids, interest, shown


def relabel(oslo: Oslo, device_id: str, **labels: str) -> None:
    device = oslo.cloud.device(device_id)
    with oslo.cloud.lock:
        oslo.cloud.set_labels(device, labels)


@pytest.mark.parametrize("meaning", ["or", "and"])
def test_both_meanings_of_label_filters_show_the_same(oslo: Oslo, meaning: str) -> None:
    """What the server makes of several label filters does not matter."""
    oslo.cloud.switch(stream_label_filters=meaning, list_label_filters=meaning)
    both = oslo.add_device(name="Both", room="99", floor="1")
    one = oslo.add_device(name="One", room="99")
    neither = oslo.add_device(name="Neither")
    wanted = interest(
        label_keys=["room", "floor"], labels=(("room", frozenset({"99"})),), event_types=["touch"]
    )
    happenings = oslo.joined(wanted)

    for device_id in (neither, one, both):
        oslo.publish(device_id, "touch")
        oslo.publish(device_id, "temperature")

    assert [each.device.name for each in shown(happenings, 2)] == ["One", "Both"]


def test_labels_are_followed(oslo: Oslo) -> None:
    """A device that gets the key is shown from then on, under its new name, until it loses it."""
    device_id = oslo.add_device(name="Old")
    happenings = oslo.joined(interest(label_keys=["room"], event_types=["touch"]))

    oslo.publish(device_id, "touch")
    relabel(oslo, device_id, name="New", room="99")
    now_shown = oslo.publish(device_id, "touch")
    found = shown(happenings, 1)
    relabel(oslo, device_id, name="New")
    oslo.publish(device_id, "touch")
    relabel(oslo, device_id, name="New", room="98")
    shown_again = oslo.publish(device_id, "touch")
    found += shown(happenings, 1)

    assert [each.arrival.event_id for each in found] == [now_shown, shown_again]
    assert [each.device.name for each in found] == ["New", "New"]
    assert oslo.calls().count("devices") == 1


def test_changed_labels_are_events_where_they_are_wanted(oslo: Oslo) -> None:
    """A connector without event types takes labelsChanged as well, also out of a gap."""
    device_id = oslo.add_device(name="Old")
    happenings = oslo.joined()
    relabel(oslo, device_id, name="New")
    assert shown(happenings, 1)[0].arrival.event_type == "labelsChanged"

    oslo.interrupt(lambda: relabel(oslo, device_id, name="Newer"))

    found = shown(happenings, 1)[0]
    assert found.arrival.event["data"]["modified"] == {"name": "Newer"}
    assert found.device.name == "Newer"


def test_a_new_device_is_looked_up_once(oslo: Oslo) -> None:
    """The first event of a device that is not in the listing costs one call."""
    happenings = oslo.joined(interest(label_keys=["room"]))
    hidden, device_id = oslo.add_device(name="Hidden"), oslo.add_device(name="New", room="1")
    for _ in range(3):
        oslo.publish(hidden)
        oslo.publish(device_id)

    assert [each.device.name for each in shown(happenings, 3)] == ["New"] * 3
    assert oslo.calls().count("devices") == 1 + 2


def test_a_failed_look_up_is_tried_again(oslo: Oslo) -> None:
    """A device that cannot be looked up is asked for again with its next event."""
    happenings = oslo.joined(interest(label_keys=["room"]))
    device_id = oslo.add_device(name="New", room="1")
    oslo.cloud.fail("*/devices", status=403)

    oslo.publish(device_id)
    second = oslo.publish(device_id)

    assert ids(happenings, 1) == [second]


def test_connectors_that_take_an_event_are_named(oslo: Oslo) -> None:
    """Each event knows the addresses of all connectors that take it."""
    device_id = oslo.add_device(name="Fridge")
    happenings = oslo.joined(
        interest("oslo/all"),
        interest("oslo/touch", event_types=["touch"]),
        interest("oslo/rooms", label_keys=["room"]),
    )

    oslo.publish(device_id, "touch")
    oslo.publish(device_id, "temperature")

    assert [each.addresses for each in shown(happenings, 2)] == [
        ("oslo/all", "oslo/touch"),
        ("oslo/all",),
    ]


def test_since_begins_in_the_past(oslo: Oslo) -> None:
    """`--since` shows what history has from that moment on, the moment itself included."""
    fridge, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door")
    start_s = float(int(time.time()) - 100)
    for ago_s in (-1, 0, 1):
        moment = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(start_s + ago_s))}.000000Z"
        oslo.publish(fridge, value=ago_s, updateTime=moment)
    oslo.publish(door, "contact", state="OPEN")

    happenings = oslo.follow(since_s=start_s)

    assert ids(happenings, 3) == oslo.published[1:]
    joined = next(happenings)
    assert isinstance(joined, Joined)
    assert joined.filled == 3


def test_history_is_asked_only_for_what_is_wanted(oslo: Oslo) -> None:
    """Devices and event types that nobody takes cost no call."""
    fridge, door = oslo.add_device(name="Fridge"), oslo.add_device("contact", name="Door", room="1")
    happenings = oslo.joined(interest(label_keys=["room"], event_types=["contact"]))
    oslo.interrupt(
        lambda: [
            oslo.publish(fridge),
            oslo.publish(door, "touch"),
        ]
    )
    next(happenings)
    next(happenings)

    assert oslo.calls().count("events") == 0


REFUSALS: dict[str, tuple[Mapping[str, Any], str]] = {
    "history": (
        {"path": "*/events", "status": 403},
        "history requests refused, devices: 1: GET /projects/",
    ),
    "history, in vain": (
        {"path": "*/events", "status": 503, "count": None},
        "the history cannot be read: GET /projects/",
    ),
    "devices": (
        {"path": "*/devices", "status": 403},
        "the devices cannot be listed: GET /projects/",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_gap_that_stays_is_told_with_its_length(oslo: Oslo, name: str) -> None:
    """Where history is not to be had the gap is told, and the stream goes on."""
    fault, reason = REFUSALS[name]
    fridge = oslo.add_device(name="Fridge")
    begun_s = time.time()
    later_s = [0.0]
    clock = Clock(unix_s=lambda: begun_s + later_s[0], sleep=oslo.pause, random=lambda: 0.0)
    happenings = oslo.joined(clock=clock)
    oslo.cloud.fail(**fault)

    def pass_time() -> None:
        oslo.publish(fridge)
        later_s[0] = 90.0

    oslo.interrupt(pass_time)

    gap = next(each for each in happenings if isinstance(each, Gap))
    assert gap.seconds == pytest.approx(90.0)
    assert gap.reason.startswith(reason)

    oslo.cloud.heal()
    assert isinstance(next(happenings), Joined)
    after = oslo.publish(fridge)
    assert ids(happenings, 1) == [after]


def test_history_that_lacks_what_was_reported_is_told(oslo: Oslo) -> None:
    """A device has reported something that its history does not know: events are missing."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    oslo.reader.event_history = lambda *_, **__: iter(())  # type: ignore[method-assign]

    oslo.interrupt(lambda: oslo.publish(fridge))

    gap = next(each for each in happenings if isinstance(each, Gap))
    assert gap.reason == "history lacks what was reported last, devices: 1"


def test_a_device_that_was_quiet_for_long_is_no_gap(oslo: Oslo) -> None:
    """Only the time without a stream counts: a device may have had nothing to say for months."""
    fridge = oslo.add_device(name="Fridge")
    oslo.publish(fridge, value=1, updateTime="2026-01-01T00:00:00Z")
    happenings = oslo.joined()
    new: list[str] = []

    oslo.interrupt(lambda: new.append(oslo.publish(fridge)))

    assert isinstance(next(happenings), Lost)
    found = next(happenings)
    assert isinstance(found, MatchedEvent)
    assert found.arrival.event_id == new[0]
    assert isinstance(next(happenings), Joined)


def test_what_history_does_not_reach_is_told(oslo: Oslo) -> None:
    """History reaches back 30 days: `--since` before that is a gap."""
    fridge = oslo.add_device(name="Fridge")
    oslo.publish(fridge)
    now_s = time.time()
    clock = Clock(unix_s=lambda: now_s, sleep=oslo.pause)

    happenings = oslo.follow(since_s=now_s - 40 * 86400.0, clock=clock)

    gap = next(happenings)
    assert isinstance(gap, Gap)
    assert gap.seconds == pytest.approx(10 * 86400.0)
    assert ids(happenings, 1) == oslo.published


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("*/devices", 403, Forbidden),
        ("*/devices", 503, ServerError),
        ("*devices:stream", 404, NotFound),
    ],
)
def test_a_project_that_never_could_be_watched_is_an_error(
    oslo: Oslo, path: str, status: int, error: type[Exception]
) -> None:
    """What is wrong from the start is told at once, not retried for ever."""
    oslo.cloud.fail(path, status=status, count=None)

    with pytest.raises(error):
        next(oslo.follow())


def test_what_was_watched_once_is_taken_up_again(oslo: Oslo) -> None:
    """After the first connection even a refusal is only a reason to wait longer."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    oslo.cloud.fail("*devices:stream", status=403, count=3)
    oslo.interrupt()
    lost = [next(happenings) for _ in range(4)]

    assert all(isinstance(each, Lost) for each in lost)
    assert [each.wait_s for each in lost if isinstance(each, Lost)] == [0.125, 0.25, 0.5, 1.0]
    assert isinstance(next(happenings), Joined)
    oslo.publish(fridge)
    assert ids(happenings, 1) == oslo.published


def test_one_project_that_fails_leaves_the_others(oslo: Oslo) -> None:
    """Several projects are watched side by side; what fails is told by its id."""
    bergen = oslo.cloud.add_project(display_name="Bergen")
    fridge = oslo.add_device(name="Fridge")
    oslo.cloud.fail(f"*/{bergen}/devices", status=403, count=None)
    projects = {oslo.project_id: [interest()], bergen: [interest("bergen/ingest")]}
    with watching(oslo.reader, projects, Hurry().clock) as watched:
        happenings = chain.from_iterable(watched.until(time.monotonic() + 30))
        first = {type(each): each for each in (next(happenings), next(happenings))}
        failed = first[Failed]
        assert isinstance(failed, Failed)
        assert (failed.project_id, type(failed.error)) == (bergen, Forbidden)

        oslo.publish(fridge)
        assert ids(happenings, 1) == oslo.published


def test_a_watch_ends_where_every_project_has_failed(oslo: Oslo) -> None:
    """Nothing is left to wait for."""
    oslo.cloud.fail("*/devices", status=403)
    with watching(oslo.reader, {oslo.project_id: [interest()]}, Hurry().clock) as watched:
        assert [type(each) for [each] in watched.until(None)] == [Failed]


def test_leaving_a_watch_ends_its_threads(oslo: Oslo, monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread stays behind, although no event ever came to wake it."""
    monkeypatch.setattr("dcsync.watch.merge.GOODBYE_S", 50.0)  # on a busy machine, too
    with watching(oslo.reader, {oslo.project_id: [interest()]}, Hurry().clock) as watched:
        [joined] = next(watched.until(None))
        assert isinstance(joined, Joined)

    assert not [each for each in threading.enumerate() if each.name.startswith("watch")]


def test_after_the_end_nothing_is_kept(oslo: Oslo) -> None:
    """A thread that still hears of something lets it go, and ends."""
    follower = Follower(oslo.reader, oslo.project_id, [interest()], Hurry().clock)
    watched = Watched([follower])
    watched.end()

    watched.follow(follower)

    assert list(watched.until(None)) == []


def test_a_bug_in_a_follower_is_raised_where_it_is_seen(oslo: Oslo) -> None:
    """A thread does not die in silence."""
    oslo.reader.list_devices = lambda *_, **__: 1 / 0  # type: ignore[assignment,method-assign]
    with (
        pytest.raises(ZeroDivisionError),
        watching(oslo.reader, {oslo.project_id: [interest()]}, Hurry().clock) as watched,
    ):
        list(watched.until(None))


def test_a_stream_may_bring_an_event_twice(oslo: Oslo) -> None:
    """At-least-once on the wire is once on the screen."""
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()
    oslo.publish(fridge)
    event = oslo.cloud.store.events.of(fridge)
    with oslo.cloud.lock:
        oslo.cloud.streams.offer(
            event[oslo.published[0]], oslo.cloud.device(fridge), oslo.project_id
        )
    oslo.publish(fridge)

    assert ids(happenings, 2) == oslo.published


def test_events_are_shown_once_all_pages_of_history_are_there(oslo: Oslo) -> None:
    """A gap longer than a page of history is filled whole."""
    oslo.cloud.switch(max_events_page_size=7)
    fridge = oslo.add_device(name="Fridge")
    happenings = oslo.joined()

    oslo.interrupt(lambda: [oslo.publish(fridge) for _ in range(30)])

    found = [each for each in shown(happenings, 30) if isinstance(each, MatchedEvent)]
    assert [each.arrival.event_id for each in found] == oslo.published
