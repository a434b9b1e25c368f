"""The rate limit: a number of calls in a sliding window."""

from __future__ import annotations

import math
from collections import deque

from dcsync.emulator.clock import http_date
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import Refused


class RateLimit:
    """Counts calls by account, project or server."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[float]] = {}

    def spend(self, account: str, project: str, now: float, switches: Switches) -> None:
        """Count a call; Refused 429, without counting it, if the window is full."""
        limit = switches.rate_limit
        if limit is None:
            return
        scope = {"account": account, "project": project}.get(switches.rate_scope, "")
        calls = self._calls.setdefault(scope, deque())
        while calls and calls[0] <= now - switches.rate_window_s:
            calls.popleft()
        if len(calls) < limit:
            calls.append(now)
            return
        oldest = calls[0] if calls else now
        wait_s = max(math.ceil(oldest + switches.rate_window_s - now), 1)
        raise Refused(429, "too many requests", _retry_after(wait_s, now, switches))


def _retry_after(wait_s: int, now: float, switches: Switches) -> dict[str, str]:
    match switches.retry_after:
        case "seconds":
            return {"Retry-After": str(wait_s)}
        case "date":
            return {"Retry-After": http_date(now + wait_s)}
        case _:
            return {}
