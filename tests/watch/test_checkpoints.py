"""What is kept for the next process, and when."""

from __future__ import annotations

import json
import math

import pytest

from dcsync.watch.checkpoints import EVERY_S, WHOLE_EVERY_S, Checkpoints
from dcsync.watch.devices import DeviceBook, WatchedDevice
from dcsync.watch.mark import HistoryMark
from dcsync.watch.progress import SeenEvents

BEGAN_S = 1_000_000.0


def checkpoints() -> Checkpoints:
    return Checkpoints("oslo", SeenEvents(BEGAN_S, BEGAN_S), DeviceBook())


def test_time_that_passes_is_noted_now_and_then() -> None:
    """A checkpoint without content every 30 s, so that the file is not written at each event."""
    noted = checkpoints()
    noted.whole(BEGAN_S)

    found = [noted.passing(BEGAN_S + after_s, 0) for after_s in (1, EVERY_S - 1, EVERY_S, 59, 60)]

    assert [each is not None for each in found] == [False, False, True, False, True]
    assert all(each.state is None for each in found if each)


def test_what_was_learnt_is_kept_every_minute() -> None:
    """After sensors were asked, the next checkpoint that is due holds everything, once."""
    noted = checkpoints()
    noted.whole(BEGAN_S)
    assert noted.passing(BEGAN_S + WHOLE_EVERY_S, 3) is None

    whole = noted.passing(BEGAN_S + WHOLE_EVERY_S, 0)
    again = noted.passing(BEGAN_S + 2 * WHOLE_EVERY_S, 0)

    assert whole is not None
    assert whole.state is not None
    assert again is not None
    assert again.state is None


@pytest.mark.parametrize(
    "mark",
    [
        HistoryMark(-math.inf, -math.inf, -math.inf),
        HistoryMark(1.0, 1.0, 1.0),
        HistoryMark(-math.inf, 5.0, 5.0, {"a": 5.0}),
        HistoryMark(1.0, 5.0, 6.0, {"a": 4.0}, hole_s=1500.0),
        HistoryMark(1.0, 1.0, 1.0, hole_s=1500.0),
        HistoryMark(1.0, 5.0, 5.0),
    ],
)
def test_a_mark_is_json_and_back(mark: HistoryMark) -> None:
    """Strict JSON, which has no infinity; a mark with nothing shown is its floor alone."""
    state = json.loads(json.dumps(mark.state(), allow_nan=False))
    back = HistoryMark.of(state, may_be_late=mark.may_be_late)

    assert (back.floor_s, back.newest_s, back.asked_s, back.hole_s, back.ids) == (
        mark.floor_s,
        mark.newest_s,
        mark.asked_s,
        mark.hole_s,
        mark.ids,
    )
    assert (len(state) == 1) == (mark.newest_s == mark.floor_s and math.isinf(mark.hole_s))


def test_other_labels_are_noticed_by_the_next_process() -> None:
    """Of each device a print of its labels is kept: the same for the same, in any order."""
    before, after = DeviceBook(), DeviceBook()
    before.enter([WatchedDevice("a", labels={"name": "Fridge", "room": "1"}), WatchedDevice("b")])
    after.remember(before.prints())

    same = WatchedDevice("a", labels={"room": "1", "name": "Fridge"})
    assert not after.knows_otherwise(same)
    assert after.knows_otherwise(WatchedDevice("a", labels={"name": "Fridge", "room": "2"}))
    assert after.knows_otherwise(WatchedDevice("b", labels={"name": "Freezer"}))
    assert not after.knows_otherwise(WatchedDevice("new", labels={"name": "Freezer"}))
