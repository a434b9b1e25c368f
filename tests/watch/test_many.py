"""Many projects in one process, and memory that does not grow with what was seen."""

from __future__ import annotations

import time
from functools import partial
from itertools import chain, product

import pytest

from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.watch.follow import Follower
from dcsync.watch.happenings import MatchedEvent
from dcsync.watch.mark import KEPT_IDS, OVERLAP_S, HistoryMark
from dcsync.watch.merge import watching
from dcsync.watch.progress import MOST_IDS, SeenEvents
from tests.watch.conftest import Oslo, ids, interest

PROJECTS = 200


@pytest.mark.slow
def test_two_hundred_projects_are_watched_at_once(cloud: emulator.Emulator, oslo: Oslo) -> None:
    """One stream a project; an event of each comes through once."""
    projects = [cloud.add_project(f"Store {number}") for number in range(PROJECTS)]
    devices = [cloud.add_device(project_id, "touch") for project_id in projects]
    interests = {project_id: [interest(project_id)] for project_id in projects}
    with watching(oslo.reader, interests, Clock()) as watched:
        happenings = chain.from_iterable(watched.until(time.monotonic() + 45))
        joined = {next(happenings).project_id for _ in projects}
        for project_id, device_id in zip(projects, devices, strict=True):
            cloud.publish(project_id, device_id, "touch", {})
        shown = [next(happenings) for _ in projects]

    assert joined == set(projects)
    assert all(isinstance(each, MatchedEvent) for each in shown)
    assert sorted(each.project_id for each in shown) == sorted(projects)
    assert [call.path.endswith("devices:stream") for call in cloud.calls].count(True) == PROJECTS


@pytest.mark.slow
def test_memory_of_a_device_is_bounded_by_seconds() -> None:
    """Of a hundred thousand events a second apart, a handful of ids is kept."""
    progress = SeenEvents(0.0)
    mark = progress.mark("device", "touch")
    for number in range(100_000):
        assert progress.admit(mark, str(number), float(number))

    assert len(mark.ids) <= 4 * KEPT_IDS


def test_memory_of_a_burst_is_bounded() -> None:
    """Even events that all bear one time are forgotten, oldest first."""
    progress = SeenEvents(0.0)
    mark = progress.mark("device", "touch")
    for number in range(3 * MOST_IDS):
        progress.admit(mark, str(number), 1.0)

    assert len(mark.ids) <= 2 * MOST_IDS
    assert not progress.admit(mark, str(3 * MOST_IDS - 1), 1.0)


def refilled() -> tuple[SeenEvents, HistoryMark]:
    """A gap from which history has brought a thousand events of a device, a second apart."""
    progress = SeenEvents(0.0)
    progress.lose()
    progress.begin_filling(opened_s=0.0)
    for number in range(1000):
        assert progress.admit_past("device", "touch", str(number), float(number))
    progress.end_filling()
    mark = progress.mark("device", "touch")
    return progress, mark


def test_what_a_refill_brought_is_kept_until_the_stream_is_past_it() -> None:
    """The stream brings again what history brought meanwhile; afterwards it is forgotten."""
    progress, mark = refilled()
    again = [progress.admit(mark, str(number), float(number)) for number in range(1000)]
    for number in range(1000, 4000):
        progress.hear(float(number))
        progress.admit(mark, str(number), float(number))

    assert not any(again)
    assert len(mark.ids) <= 4 * KEPT_IDS


def test_a_device_that_is_silent_after_a_refill_is_forgotten_like_the_others() -> None:
    """As soon as the stream is past the refill, and not only with the device's next events."""
    progress, mark = refilled()
    progress.hear(999.0 + OVERLAP_S)
    held = len(mark.ids)
    progress.hear(1000.0 + OVERLAP_S)

    assert held == 1000
    assert len(mark.ids) <= 4 * KEPT_IDS
    assert not progress.admit(mark, "999", 999.0)


@pytest.mark.slow
def test_ten_gaps_leave_a_handful_of_ids() -> None:
    """What is held once the stream is past a gap does not depend on how many there were, nor on
    how much they brought."""
    time_there = emulator.ManualClock(time.time())
    with emulator.running(rate_limit=None, clock=time_there) as cloud:
        oslo = Oslo(cloud)
        devices = [oslo.add_device(name=f"T{number}") for number in range(2)]
        follower = Follower(
            oslo.reader,
            oslo.project_id,
            [interest()],
            Clock(unix_s=time_there.now, sleep=oslo.pause, random=lambda: 0.0),
        )
        happenings = chain.from_iterable(follower.run())

        def pass_seconds(count: int) -> None:
            for _, device_id in product(range(count), devices):
                oslo.publish(device_id)
                time_there.advance(1 / len(devices))

        next(happenings)
        held = []
        for gap in range(1, 11):
            oslo.interrupt(partial(pass_seconds, 5 * gap))
            found = ids(happenings, 5 * gap * len(devices))
            pass_seconds(5)
            found += ids(happenings, 5 * len(devices))
            assert found == oslo.published[-len(found) :]
            held.append(sum(len(mark.ids) for mark in follower._progress._marks.values()))

    assert max(held) <= 4 * KEPT_IDS * len(devices)
