"""What a watch keeps account of between its gaps: holes, sensors that were not asked, its end."""

from __future__ import annotations

import time
from itertools import chain

import pytest

from dcsync.cloud.clock import Clock
from dcsync.watch.devices import DeviceBook
from dcsync.watch.follow import Follower
from dcsync.watch.happenings import Gap
from dcsync.watch.history import History
from dcsync.watch.keeping import Kept, ShownEvent
from dcsync.watch.mark import OVERLAP_S
from dcsync.watch.merge import Watched
from dcsync.watch.progress import SILENT_S, SeenEvents
from dcsync.watch.survey import Survey
from tests.watch.conftest import Oslo, interest

BEGAN_S, HOLE_S = 1_000_000.0, 1500.0


def on_solid_ground() -> SeenEvents:
    """A sensor of which a longer silence than 25 minutes is a hole."""
    seen = SeenEvents(BEGAN_S, BEGAN_S)
    seen.start_at("d", "temperature", BEGAN_S)
    survey = Survey()
    survey.hole_s = HOLE_S
    seen.surveyed("d", "temperature", survey)
    return seen


@pytest.mark.parametrize(
    ("spaces", "is_asked"),
    [((), False), ((900, 900), False), ((HOLE_S,), False), ((900, HOLE_S + 1, 900), True)],
)
def test_only_a_hole_makes_solid_ground_doubtful(
    spaces: tuple[float, ...], *, is_asked: bool
) -> None:
    """A sensor that measures regularly is not asked for back-fill in every gap."""
    seen = on_solid_ground()
    at_s = BEGAN_S
    for number, space in enumerate(spaces):
        at_s += space
        assert seen.admit(seen.mark("d", "temperature"), f"{number}", at_s)
    seen.lose()

    assert seen.may_lack_late("d", "temperature", at_s) == is_asked


def test_a_checkpoint_counts_up_to_its_own_time() -> None:
    """Not only up to the last event that was shown before it: pings have brought it further."""
    kept = Kept.fresh(BEGAN_S, BEGAN_S)
    kept.show(ShownEvent("d", "touch", "1", BEGAN_S + 10, shown_s=BEGAN_S + 11, is_late=False))
    kept.hear(heard_s=BEGAN_S + 500, alive_s=BEGAN_S + 499)

    assert kept.progress.alive_s == BEGAN_S + 499


def test_the_newest_measurement_is_never_taken_back() -> None:
    """One that comes out of order, within the hole, changes neither the newest nor the ground."""
    seen = on_solid_ground()
    mark = seen.mark("d", "temperature")
    for number, at_s in enumerate((BEGAN_S + 1400, BEGAN_S + 10, BEGAN_S + 2800)):
        assert seen.admit(mark, f"{number}", at_s)

    assert (mark.newest_s, mark.hole_s) == (BEGAN_S + 2800, HOLE_S)


@pytest.mark.parametrize(("silent_s", "is_asked"), [(SILENT_S, True), (SILENT_S + 1, False)])
def test_a_sensor_that_was_silent_for_long_is_not_asked(silent_s: float, *, is_asked: bool) -> None:
    """It measures again before it goes back; so it would have reported something newer."""
    seen = SeenEvents(BEGAN_S, BEGAN_S)
    seen.hear(BEGAN_S + 10_000)
    seen.lose()

    reported_s = BEGAN_S + 10_000 - silent_s
    assert seen.may_lack_late("d", "temperature", reported_s) == is_asked
    assert not seen.may_lack_late("d", "touch", reported_s)


def history_of(oslo: Oslo) -> History:
    """A history that has begun just now."""
    now_s = time.time()
    seen = SeenEvents(now_s - 60, now_s)
    history = History(oslo.reader, oslo.project_id, [interest()], DeviceBook(), seen, now_s)
    history.begin()
    seen.lose()
    return history


def test_gaps_add_up_until_the_sensors_of_them_are_asked(oslo: Oslo) -> None:
    """What is unknown of three gaps is as long as the three; after an answer it begins anew."""
    oslo.publish(oslo.add_device(name="Fridge"))
    history = history_of(oslo)
    for gap_s, unknown_s in ((10.0, 10.0), (5.0, 15.0), (2.5, 17.5)):
        assert list(history.missing(gap_s, time.time())) == []
        assert history.unasked == 1
        assert history.unasked_gap().seconds == unknown_s

    assert list(history.survey(1, time.time())) == []
    assert history.unasked == 0
    assert list(history.missing(7.0, time.time())) == []
    assert history.unasked_gap().seconds == 7.0


def test_a_survey_that_fails_is_told_once_it_is_the_last(oslo: Oslo) -> None:
    """Until then it is asked again, and what is unknown is not told twice."""
    oslo.publish(oslo.add_device(name="Fridge"))
    history = history_of(oslo)
    assert list(history.missing(4.0, time.time())) == []
    oslo.cloud.fail("*/events", status=500, count=None)
    assert list(history.survey(1, time.time())) == []
    assert history.unasked == 1

    (gap,) = history.survey(1, time.time(), is_last=True)

    assert isinstance(gap, Gap)
    assert (gap.seconds, history.unasked) == (4.0, 0)
    assert gap.reason.startswith("sensors not checked for back-filled events: 1: ")
    assert "500" in gap.reason


@pytest.mark.parametrize(
    ("event_types", "count"), [(None, 1), (["labelsChanged"], 1), (["touch"], 0)]
)
def test_labels_are_asked_for_from_their_own_newest_event_on(
    oslo: Oslo, event_types: list[str] | None, count: int
) -> None:
    """Whatever others have sent since; and only where somebody takes such events."""
    device_id = oslo.add_device(name="Fridge")
    now_s = time.time()
    seen = SeenEvents(now_s - 60, now_s)
    wanted = [interest(event_types=event_types)]
    history = History(oslo.reader, oslo.project_id, wanted, DeviceBook(), seen, now_s)
    history.begin()
    assert seen.admit(seen.mark(device_id, "labelsChanged"), "e1", now_s - 30)
    oslo.cloud.set_labels(oslo.cloud.device(device_id), {"name": "Freezer"})
    seen.hear(now_s + 3 * OVERLAP_S)
    seen.lose()

    found = list(history.missing(10.0, now_s))

    assert [isinstance(each, Gap) or each.event_type for each in found] == ["labelsChanged"] * count


@pytest.mark.parametrize(("moved_s", "unknown_s"), [(0.0, 0.0), (-5.0, 0.0), (0.5, 0.5), (7, 7.0)])
def test_what_is_unknown_is_as_long_as_the_silence(
    oslo: Oslo, moved_s: float, unknown_s: float
) -> None:
    """And never less than nothing, where somebody sets the clock back."""
    times = iter([BEGAN_S, BEGAN_S + moved_s])
    follower = Follower(
        oslo.reader, oslo.project_id, [interest()], Clock(unix_s=lambda: next(times))
    )

    gap = follower.unfinished()

    assert gap == Gap(oslo.project_id, unknown_s, "the stream was never opened")


def flooded(oslo: Oslo) -> Watched:
    """A watch of which more has arrived than anyone has read."""
    follower = Follower(oslo.reader, oslo.project_id, [interest()], Clock())
    watched = Watched([follower])
    for number in range(5):
        watched._put([Gap(oslo.project_id, number, "flood")])
    return watched


def test_a_flood_does_not_hold_the_end_of_a_watch(oslo: Oslo) -> None:
    """However much has arrived, `--duration` ends when it is over."""
    watched = flooded(oslo)

    assert list(watched.until(time.monotonic() - 1.0)) == []
    assert len(list(chain.from_iterable(watched.until(time.monotonic() + 0.1)))) == 5


def test_an_interrupt_ends_behind_what_has_arrived(oslo: Oslo) -> None:
    """What was taken before the signal is shown, and no project has to end for it."""
    watched = flooded(oslo)
    watched.interrupt()

    assert len(list(watched.until(None))) == 5
    assert watched.is_idle
    assert watched.running == 1
