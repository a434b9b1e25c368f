"""Weekly windows in which a project is left as it is. Values only: the time is an argument."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FreezeWindow:
    """From `begin` to `end`, both since Monday 00:00 on the clocks of `zone`; `end` is up to a
    week after `begin`, and may be in the next week. `written` is how the file has it.
    """

    written: str
    begin: timedelta
    end: timedelta
    zone: str

    def end_after(self, moment: datetime) -> datetime | None:
        """When the window that `moment` is in ends, on the clocks of `zone`; None outside of it."""
        zone = ZoneInfo(self.zone)
        today = datetime.combine(moment.astimezone(zone), time())
        monday = today - today.weekday() * DAY
        for week in (monday, monday - WEEK):
            begin, end = min(_meant(week + self.begin, zone)), max(_meant(week + self.end, zone))
            if begin <= moment < end:
                return end.astimezone(zone)
        return None


def frozen_until(windows: Iterable[FreezeWindow], now: datetime) -> datetime | None:
    """When the last of the windows that follow on each other ends; None where none is open now.

    Windows that leave no time between them never end: then it is more than a week from `now`.
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


def _meant(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments that a clock on the wall may mean where clocks are changed; mostly the same.

    A freeze goes from the first one to the last, so it holds longer rather than not.
    """
    earlier, later = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return earlier, later
