"""The cloud's time: the system clock, or one that a test controls."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from weakref import WeakSet


class CloudClock:
    """Unix time in seconds, and waiting for a time."""

    def now(self) -> float:
        return time.time()

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        """Wait, holding `condition`, until it is notified or the time is `until`."""
        condition.wait(None if until is None else max(until - self.now(), 0.0))


class ManualClock(CloudClock):
    """A clock that only moves on `advance`, which wakes all waiters that are due."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._now = start
        self._waiting: WeakSet[threading.Condition] = WeakSet()
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def wait(self, condition: threading.Condition, until: float | None) -> None:
        with self._lock:
            self._waiting.add(condition)  # before checking the time, or `advance` would miss it
        if until is None or until > self._now:
            condition.wait()

    def advance(self, seconds: float) -> None:
        """Advance the time by `seconds`."""
        self._now += seconds
        with self._lock:
            waiting = list(self._waiting)
        for condition in waiting:
            with condition:
                condition.notify_all()


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with six digits, as in the API."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def http_date(seconds: float) -> str:
    """The date format of HTTP headers, in English in any locale."""
    moment = datetime.fromtimestamp(seconds, UTC)
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day}, {moment.day:02} {months[moment.month - 1]} {moment.year} {moment:%H:%M:%S} GMT"


def parse_timestamp(text: str) -> float:
    """Unix time in seconds; ValueError unless it is RFC 3339 with a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return moment.timestamp()
