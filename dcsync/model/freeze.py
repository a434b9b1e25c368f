"""Weekly windows in which a project must not be changed. Values only: the time is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from dcsync.dataclass import dataclass

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """From `begin` to `end`, both counted from Monday 00:00 in the time zone `zone`.

    `end` is at most a week after `begin`, and may be in the next week. `written` is the notation in
    the file.
    """

    written: str
    begin: timedelta
    end: timedelta
    zone: str

    def end_after(self, moment: datetime) -> datetime | None:
        """The end, in `zone`, of the window that contains `moment`; None outside of it."""
        from zoneinfo import ZoneInfo  # few projects have windows

        zone = ZoneInfo(self.zone)
        today = datetime.combine(moment.astimezone(zone), time())
        monday = today - today.weekday() * DAY
        for week in (monday, monday - WEEK):
            begin, end = (
                min(_instants(week + self.begin, zone)),
                max(_instants(week + self.end, zone)),
            )
            if begin <= moment < end:
                return end.astimezone(zone)
        return None


def frozen_until(windows: Iterable[FreezeWindow], now: datetime) -> datetime | None:
    """When the open window ends, and those that follow without a gap; None if none is open.

    Windows that cover the whole week never end: then it is more than a week from `now`.
    """
    windows = tuple(windows)
    until = None
    moment = now
    while moment <= now + WEEK:
        ends = [end for each in windows if (end := each.end_after(moment))]
        if not ends:
            break
        until = moment = max(ends)
    return until


def _instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants that a local time may mean where clocks change; mostly the same one.

    A freeze lasts from the first to the last of them: rather too long than too short.
    """
    earlier, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return earlier, later
