"""Converts RFC 3339 to Unix seconds and back. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_AGO = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds_of(text: object) -> float | None:
    """The time of a timestamp, UTC where it names no zone; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.upper() if text.endswith("z") else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def text_of(seconds: float) -> str:
    """In the API's format: UTC, microseconds, `Z`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def since(text: str, now_s: float) -> float | None:
    """A user's time: RFC 3339, UTC by default, or a duration before now: `15m`."""
    ago = _AGO.fullmatch(text)
    return now_s - float(ago[1]) * _UNIT_S[ago[2]] if ago else seconds_of(text)
