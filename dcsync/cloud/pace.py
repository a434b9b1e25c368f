"""One rate limiter for all threads of a client: after a 429 every thread waits.

There is no limit before the first 429, which most runs never get. From then on the limit is what
the server accepted until then (`allowance`). A budget, shared with others who use the same
account, holds from the first call.

A process that keeps the limit exactly would keep out one that starts later: that is refused in
each window, and its Retry-After, in whole seconds, ends when all is taken again. So each process
leaves a gap after the beginning of a window, and one that is refused again and again tries at other
fractions of a second until it meets the gap.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from dcsync.cloud.allowance import CALLS, WINDOW_S, Allowance, learn
from dcsync.cloud.clock import Clock
from dcsync.errors import TooManyRequests

OnWait = Callable[[float, str], None]
"""Called with the seconds and the reason of a wait, so that it can be reported."""


def ignore_wait(seconds: float, reason: str) -> None:
    """Report nothing."""


HOLDS, LONGEST_HELD_S = 10, 180.0
"""After more holds in a row than this, and so long without an accepted call, calls fail."""
GAP_S = 0.25
"""How long one call of each window is left to others. It delays the end of a run by as much, and no
further: the late calls are the last ones of their window, so the next gap is another call's."""
STEP_S = 0.25
"""How much later than asked a process tries that was refused before: not longer than the gap."""
SHORTEST_WAIT_S = 0.02
"""How long to wait for room where it is unknown when a call will end."""
NOTICED_S = 1.0
"""Shorter waits are not reported."""
MOST_REMEMBERED = 1000


class Budget(NamedTuple):
    """At most `calls` in any `window_s` seconds, refused ones included."""

    calls: int
    window_s: float


class Pace:
    """Delays calls until the time the server asked for, and within budget and learned limit."""

    def __init__(
        self, clock: Clock, on_wait: OnWait = ignore_wait, budget: Budget | None = None
    ) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self._lock = threading.Lock()
        self._held_until_s = float("-inf")
        self._holds = 0
        self._held_since_s = float("-inf")
        self._asked_s = 0.0
        self._calling = 0
        self._accepted = 0
        self._window_began_s = float("-inf")
        self._ends_s: deque[float] = deque(maxlen=MOST_REMEMBERED)
        self._ends_with_gaps_s: deque[float] = deque(maxlen=MOST_REMEMBERED)
        self._budget = budget
        self._all_ends_s: deque[float] = deque(maxlen=budget.calls if budget else 0)
        self._allowance: Allowance | None = None
        self._refusal: tuple[float, float] | None = None
        self._reported_until_s = float("-inf")
        self.unreachable = False
        """Whether the last call failed to connect: the next ones then fail without retries."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a call may start; the body of the `with` is the call.

        A call counts from its start until one window after its end, since the server counts it
        somewhere in between. A refused call does not count.
        """
        while (left_s := self._start()) > 0:
            self._report_wait(left_s)
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
        """Block every thread's calls for `seconds`, reported once; False after too many holds.

        Threads that are refused at the same time count as one hold.
        """
        now_s = self._clock.now_s()
        with self._lock:
            is_first = self._held_until_s <= now_s
            if is_first:
                self._refusal = (now_s, seconds)
                seconds += self._step_s(seconds)
                if not self._holds:
                    self._held_since_s = now_s
                self._holds += 1
            gives_up = self._holds > HOLDS and now_s - self._held_since_s > LONGEST_HELD_S
            self._held_until_s = max(self._held_until_s, now_s + seconds)
            self._reported_until_s = max(self._reported_until_s, self._held_until_s)
        if is_first and not gives_up:
            self._on_wait(seconds, reason)
        return not gives_up

    def passed(self) -> None:
        """Record that the server accepted a call."""
        self._holds = 0
        self.unreachable = False

    def _start(self) -> float:
        """Start a call and return 0 if one may start; else the seconds until the next try."""
        with self._lock:
            now_s = self._clock.now_s()
            if now_s < self._held_until_s:
                return self._held_until_s - now_s
            self._learn()
            if self._holds and self._calling:  # the first after a hold goes alone
                return SHORTEST_WAIT_S
            left_s = self._until_room_s(now_s)
            self._calling += left_s <= 0
            return left_s

    def _step_s(self, asked_s: float) -> float:
        """What a hold adds where the one before was in vain.

        A shorter wait than before was asked when a full second of steps is over: the next try is
        at the beginning of a window again.
        """
        before_s, self._asked_s = self._asked_s, asked_s
        return STEP_S if self._holds and before_s <= asked_s <= WINDOW_S else 0.0

    def _report_wait(self, seconds: float) -> None:
        """Report a wait that a person would notice, once for all threads."""
        now_s = self._clock.now_s()
        with self._lock:
            is_reported = now_s < self._reported_until_s
            if is_reported or seconds < NOTICED_S:
                return
            self._reported_until_s = now_s + seconds
        self._on_wait(seconds, "keeping to the rate limit")

    def _end(self, *, counts: bool) -> None:
        with self._lock:
            self._calling -= 1
            now_s = self._clock.now_s()
            self._all_ends_s.append(now_s)
            if counts:
                self._accepted += 1
                leaves_gap = self._accepted % CALLS == 1
                self._ends_s.append(now_s)
                self._ends_with_gaps_s.append(now_s + GAP_S * leaves_gap)
                self._grow(now_s)

    def _until_room_s(self, now_s: float) -> float:
        """Seconds until another call fits into budget and limit, or until to look again."""
        left_s = self._until_allowed_s(now_s)
        if self._budget is None:
            return left_s
        return max(left_s, self._wait_s(*self._budget, self._all_ends_s, now_s))

    def _until_allowed_s(self, now_s: float) -> float:
        allowance = self._allowance
        if allowance is None:
            return 0.0
        if now_s >= self._window_began_s + allowance.window_s:
            self._window_began_s = now_s
        left_s = self._wait_s(allowance.calls, allowance.window_s, self._ends_with_gaps_s, now_s)
        if left_s <= 0:
            return 0.0
        more_s = allowance.until_more_s(now_s, self._window_began_s)
        if more_s <= 0 and not self._calling:
            return 0.0
        return min(left_s, max(more_s, SHORTEST_WAIT_S))

    def _wait_s(self, calls: int, window_s: float, ends_s: deque[float], now_s: float) -> float:
        recent = sorted(_since(now_s - window_s, ends_s))
        over = len(recent) + self._calling - calls
        if over < 0:
            return 0.0
        left_s = recent[over] + window_s - now_s if over < len(recent) else 0.0
        return max(left_s, SHORTEST_WAIT_S)

    def _learn(self) -> None:
        """Update the allowance after a hold, when calls that were in flight have ended."""
        if self._refusal is not None:
            self._allowance = learn(self._ends_s, *self._refusal, self._allowance)
            self._refusal = None

    def _grow(self, now_s: float) -> None:
        """Update it where more calls were accepted than it has."""
        allowance = self._allowance
        if allowance is not None:
            recent = _since(now_s - allowance.window_s, self._ends_s)
            if len(recent) > allowance.calls:
                self._allowance = allowance.grown()


def _since(from_s: float, ends_s: Iterable[float]) -> list[float]:
    return [end_s for end_s in ends_s if end_s > from_s]
