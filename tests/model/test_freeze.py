"""When a project is frozen: wall clocks, weeks, and the nights in which clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from dcsync.declare.meaning.freezing import window
from dcsync.model import WEEK, frozen_until


def until(now: str, *windows: str) -> str:
    """When the freeze ends, in the window's zone; "" outside of it."""
    end = frozen_until(map(window, windows), datetime.fromisoformat(now))
    return end.isoformat(timespec="minutes") if end else ""


WEEKEND = "Fri 15:00 - Mon 07:00 Europe/Oslo"
NIGHT = "Sun 01:00 - Sun 02:30 Europe/Oslo"


@pytest.mark.parametrize(
    ("now", "windows", "end"),
    [
        ("2026-03-06T13:59:59+00:00", [WEEKEND], ""),
        ("2026-03-06T14:00:00+00:00", [WEEKEND], "2026-03-09T07:00+01:00"),
        ("2026-03-06T23:30:00+09:00", [WEEKEND], "2026-03-09T07:00+01:00"),
        ("2026-03-09T05:59:59+00:00", [WEEKEND], "2026-03-09T07:00+01:00"),
        ("2026-03-09T06:00:00+00:00", [WEEKEND], ""),
        # clocks go forward on Sunday: the freeze ends at 07:00 of the new time
        ("2026-03-29T05:30:00+00:00", [WEEKEND], "2026-03-30T07:00+02:00"),
        ("2026-03-30T05:00:00+00:00", [WEEKEND], ""),
        # … and back: 07:00 is an hour later than a week before
        ("2026-10-26T05:30:00+00:00", [WEEKEND], "2026-10-26T07:00+01:00"),
        # 02:30 is there twice: the later one counts
        ("2026-10-25T00:45:00+00:00", [NIGHT], "2026-10-25T02:30+01:00"),
        ("2026-10-25T01:15:00+00:00", [NIGHT], "2026-10-25T02:30+01:00"),
        ("2026-10-25T01:30:00+00:00", [NIGHT], ""),
        # 02:30 is not there at all: the freeze ends at what it may mean last
        ("2026-03-29T00:59:00+00:00", [NIGHT], "2026-03-29T03:30+02:00"),
        ("2026-03-29T01:30:00+00:00", [NIGHT], ""),
        # a window inside of a day, one over midnight of Sunday, and one that ends the week
        ("2026-03-04T12:00:00+00:00", ["Wed 12:00-Wed 12:01 UTC"], "2026-03-04T12:01+00:00"),
        ("2026-03-09T00:30:00+00:00", ["Sun 23:00-Mon 01:00 UTC"], "2026-03-09T01:00+00:00"),
        ("2026-03-08T23:59:00+00:00", ["Sat 00:00-Sun 24:00 UTC"], "2026-03-09T00:00+00:00"),
        ("2026-03-09T00:00:00+00:00", ["Sat 00:00-Sun 24:00 UTC"], ""),
        # nearly the whole week
        ("2026-03-04T11:59:30+00:00", ["Wed 12:00-Wed 11:59 UTC"], ""),
        ("2026-03-04T11:58:59+00:00", ["Wed 12:00-Wed 11:59 UTC"], "2026-03-04T11:59+00:00"),
        # windows that follow on each other, or overlap in other zones
        (
            "2026-03-06T14:00:00+00:00",
            ["Sat 00:00-Mon 07:00 Europe/Oslo", "Fri 15:00-Sat 00:00 Europe/Oslo"],
            "2026-03-09T07:00+01:00",
        ),
        (
            "2026-03-09T05:00:00+00:00",
            [WEEKEND, "Mon 02:00-Mon 03:00 America/New_York"],
            "2026-03-09T03:00-04:00",
        ),
        # not begun yet is not frozen, though it begins within the minute
        ("2026-03-06T12:00:00+00:00", [WEEKEND, "Thu 00:00-Thu 01:00 UTC"], ""),
    ],
)
def test_a_freeze_holds_from_its_beginning_to_its_end(
    now: str, windows: list[str], end: str
) -> None:
    """On the clocks of its own zone, and where clocks are changed longer rather than not."""
    assert until(now, *windows) == end


@pytest.mark.parametrize(
    "windows", [["Mon 00:00-Sun 24:00 UTC"], ["Mon 00:00-Fri 00:00 UTC", "Fri 00:00-Mon 00:00 UTC"]]
)
def test_windows_without_time_between_them_never_end(windows: list[str]) -> None:
    """Windows that cover the week are seen as such, and the search for their end stops."""
    now = datetime.fromisoformat("2026-03-04T12:00:00+00:00")
    end = frozen_until(map(window, windows), now)

    assert end is not None
    assert now + WEEK < end <= now + 2 * WEEK + timedelta(days=1)
