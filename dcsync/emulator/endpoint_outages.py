"""Endpoints that fail for a while and then recover."""

from __future__ import annotations

import math
import threading
from fnmatch import fnmatchcase

from dcsync.dataclass import dataclass
from dcsync.emulator.clock import CloudClock


@dataclass(slots=True)
class _EndpointOutage:
    url: str
    left: float
    """Deliveries that still fail."""
    until_s: float
    status: int


class EndpointOutages:
    """The current outages; thread-safe."""

    def __init__(self, clock: CloudClock) -> None:
        self._clock = clock
        self._outages: list[_EndpointOutage] = []
        self._lock = threading.Lock()

    def add(self, url: str, *, count: int | None, minutes: float | None, status: int) -> None:
        """ValueError for an outage that would never end."""
        if count is None and minutes is None:
            raise ValueError("an outage needs count or minutes, after which the endpoint recovers")
        until_s = math.inf if minutes is None else self._clock.now() + 60 * minutes
        with self._lock:
            left = math.inf if count is None else count
            self._outages.append(_EndpointOutage(url, left, until_s, status))

    def hit(self, url: str) -> int | None:
        """The status for a delivery to this URL without a call; None to call the endpoint."""
        now_s = self._clock.now()
        with self._lock:
            self._outages = [o for o in self._outages if o.left > 0 and o.until_s > now_s]
            for outage in self._outages:
                if fnmatchcase(url, outage.url):
                    outage.left -= 1
                    return outage.status
        return None
