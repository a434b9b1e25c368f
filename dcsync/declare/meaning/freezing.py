"""Parses `policy.freeze`: two times of the week and a time zone."""

from __future__ import annotations

import re
from datetime import timedelta

from dcsync.declare.suggestions import did_you_mean
from dcsync.model import DAYS, WEEK, FreezeWindow

EXAMPLE = "'Fri 15:00 - Mon 07:00 Europe/Oslo'"

_MOMENT = r"([A-Za-z]+) +(\d{1,2}):(\d\d)"
_DASH = "[-\u2013\u2014]"
_WINDOW = rf" *{_MOMENT} *{_DASH} *{_MOMENT} +(\S+) *"
_FULL_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = {
    name.casefold(): number for names in (DAYS, _FULL_NAMES) for number, name in enumerate(names)
}


class InvalidWindow(ValueError):
    """Not a valid window; the message says why, with an example."""


def window(text: str) -> FreezeWindow:
    """Parse a window; raises InvalidWindow."""
    match = re.fullmatch(_WINDOW, text)
    if match is None:
        raise InvalidWindow(f"must be two times of the week and a time zone, like {EXAMPLE}")
    begin, end = _moment(*match.group(1, 2, 3)), _moment(*match.group(4, 5, 6))
    if begin == end:
        raise InvalidWindow(f"ends when it begins; a window is like {EXAMPLE}")
    return FreezeWindow(text, begin, end if begin < end else end + WEEK, _zone(match[7]))


def _moment(day: str, hour: str, minute: str) -> timedelta:
    if day.casefold() not in _DAYS:
        hint = did_you_mean(day, _FULL_NAMES if len(day) > 3 else DAYS)
        raise InvalidWindow(f"has no day of the week in '{day}'{hint}, as in {EXAMPLE}")
    time_of_day = timedelta(hours=int(hour), minutes=int(minute))
    if int(minute) > 59 or time_of_day > timedelta(hours=24):
        raise InvalidWindow(f"has no time of day in '{hour}:{minute}': from 00:00 to 24:00")
    return timedelta(days=_DAYS[day.casefold()]) + time_of_day


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones  # few projects have windows

    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        hint = did_you_mean(name[:64], known) if known else " (this machine has no time zone data)"
        raise InvalidWindow(
            f"has no known time zone in '{name[:64]}'{hint}, as in {EXAMPLE}"
        ) from None
