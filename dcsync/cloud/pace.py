"""One brake for all threads of a client: once the server says 429, everyone waits.

Keeps no pace before the first 429: most runs never meet one. What the server let through until
then is what it bears (`allowance`), so from then on no more than that is called.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dcsync.cloud.allowance import Allowance, learn
from dcsync.cloud.clock import Clock
from dcsync.errors import TooManyRequests

OnWait = Callable[[float, str], None]
"""Called with the seconds and the reason of a wait, so that somebody can tell the user."""


def tell_nobody(seconds: float, reason: str) -> None:
    """The listener of those who do not listen."""


HOLDS = 10
"""After so many holds in a row without a single call let through, calls give up."""
SHORTEST_WAIT_S = 0.02
"""Before it is asked again whether there is room, where nobody can tell when there will be."""
NOTICED_S = 1.0
"""A shorter pause is not told."""
MOST_REMEMBERED = 1000


class Pace:
    """Holds calls back until the time that the server named, and to the number it bears."""

    def __init__(self, clock: Clock, on_wait: OnWait = tell_nobody) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self._lock = threading.Lock()
        self._held_until_s = float("-inf")
        self._holds = 0
        self._calling = 0
        self._ends_s: deque[float] = deque(maxlen=MOST_REMEMBERED)
        self._allowance: Allowance | None = None
        self._refusal: tuple[float, float] | None = None
        self._told_until_s = float("-inf")
        self.unreachable = False
        """Whether the last call that could not connect gave up: the next ones need not insist."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Enter when a call may be made; leave when it has ended.

        A call counts from its start until a window after its end, since somewhere in between the
        server counted it; a refused one does not.
        """
        while (left_s := self._start()) > 0:
            self._tell(left_s)
            self._clock.sleep(left_s)
        try:
            yield
        except TooManyRequests:
            self._end(counts=False)
            raise
        except BaseException:
            self._end(counts=True)
            raise
        self._end(counts=True)

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
            self._told_until_s = max(self._told_until_s, self._held_until_s)
            if not was_held:
                self._refusal = (now_s, seconds)
        if not was_held and not in_vain:
            self._on_wait(seconds, reason)
        return not in_vain

    def passed(self) -> None:
        """The server let a call through."""
        self._holds = 0
        self.unreachable = False

    def _start(self) -> float:
        """0 where a call may start, and has; else the seconds until it may be asked again."""
        with self._lock:
            now_s = self._clock.now_s()
            if now_s < self._held_until_s:
                return self._held_until_s - now_s
            self._learn(now_s)
            left_s = self._until_room_s(now_s)
            self._calling += left_s <= 0
            return left_s

    def _tell(self, seconds: float) -> None:
        """Tell of a pause that a person would notice, once for all threads."""
        now_s = self._clock.now_s()
        with self._lock:
            is_told = now_s < self._told_until_s
            if is_told or seconds < NOTICED_S:
                return
            self._told_until_s = now_s + seconds
        self._on_wait(seconds, "keeping to the rate limit")

    def _end(self, *, counts: bool) -> None:
        with self._lock:
            self._calling -= 1
            if counts:
                self._ends_s.append(self._clock.now_s())

    def _until_room_s(self, now_s: float) -> float:
        """Seconds until one more call fits into the window; unknown ends are asked for again."""
        if self._allowance is None:
            return 0.0
        window_s = self._allowance.window_s
        recent = [end_s for end_s in self._ends_s if end_s > now_s - window_s]
        over = len(recent) + self._calling - self._allowance.calls
        if over < 0:
            return 0.0
        left_s = recent[over] + window_s - now_s if over < len(recent) else 0.0
        return max(left_s, SHORTEST_WAIT_S)

    def _learn(self, now_s: float) -> None:
        """Learn when a hold is over: what was on its way at the refusal has ended by then."""
        if self._refusal is not None:
            self._allowance = learn(self._ends_s, *self._refusal, self._allowance)
            self._refusal = None
        elif self._allowance is not None:
            self._allowance = self._allowance.grown(now_s)
