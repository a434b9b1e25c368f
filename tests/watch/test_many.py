"""Many projects in one process, and memory that does not grow with what was seen."""

from __future__ import annotations

import time
from itertools import chain

from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.watch.happenings import MatchedEvent
from dcsync.watch.mark import KEPT_IDS
from dcsync.watch.merge import watching
from dcsync.watch.progress import MOST_IDS, SeenEvents
from tests.watch.conftest import Oslo, interest

PROJECTS = 200


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


def test_what_a_refill_brought_is_kept_until_the_stream_is_past_it() -> None:
    """The stream brings again what history brought meanwhile; afterwards it is forgotten."""
    progress = SeenEvents(0.0)
    progress.lose()
    progress.begin_filling(opened_s=0.0)
    for number in range(1000):
        assert progress.admit_past("device", "touch", str(number), float(number))
    progress.end_filling()
    mark = progress.mark("device", "touch")
    again = [progress.admit(mark, str(number), float(number)) for number in range(1000)]
    for number in range(1000, 4000):
        progress.hear(float(number))
        progress.admit(mark, str(number), float(number))

    assert not any(again)
    assert len(mark.ids) <= 4 * KEPT_IDS
