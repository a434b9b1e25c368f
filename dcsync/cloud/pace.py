"""One brake for all threads of a client: once the server says 429, everyone waits.

Keeps no pace before the first 429: most runs never meet one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from dcsync.cloud.clock import Clock

OnWait = Callable[[float, str], None]
"""Called with the seconds and the reason of a wait, so that somebody can tell the user."""


def tell_nobody(seconds: float, reason: str) -> None:
    """The listener of those who do not listen."""


HOLDS = 10
"""After so many holds in a row without a single call let through, calls give up."""


class Pace:
    """Holds calls back until the time that the server named."""

    def __init__(self, clock: Clock, on_wait: OnWait = tell_nobody) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self._lock = threading.Lock()
        self._held_until_s = float("-inf")
        self._holds = 0

    def wait(self) -> None:
        """Return when calls may be made."""
        while (left_s := self._held_until_s - self._clock.now_s()) > 0:
            self._clock.sleep(left_s)

    def hold(self, seconds: float, reason: str) -> bool:
        """Keep every thread from calling for `seconds`, told once for all; False: it is in vain.

        Threads that are refused together are one hold: many of them must not use it up.
        """
        now_s = self._clock.now_s()
        with self._lock:
            was_held = self._held_until_s > now_s
            self._holds += not was_held
            in_vain = self._holds > HOLDS
            self._held_until_s = max(self._held_until_s, now_s + seconds)
        if not was_held and not in_vain:
            self._on_wait(seconds, reason)
        return not in_vain

    def passed(self) -> None:
        """The server let a call through."""
        self._holds = 0
