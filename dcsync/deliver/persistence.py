"""Posts a delivery until it is accepted, with growing waits or those the endpoint asks for.

Nothing is skipped. A delivery that fails for good stops everything that uses the same Persistence,
so that later events do not overtake it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from dcsync.cloud.clock import Clock
from dcsync.dataclass import dataclass
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.post import Post, Poster

FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
MOST_PAUSES = 10
"""So often in a row an endpoint may ask for a pause and take nothing after it."""


@dataclass(frozen=True, slots=True)
class Report:
    """One attempt: of what, what came of it, and after how long it is made again (None: never)."""

    delivery: Delivery
    post: Post
    retry_in_s: float | None = None
    attempt: int = 1


@dataclass(slots=True)
class _Pause:
    """What an endpoint asked for: the moment until which, and how often without taking anything."""

    until_s: float = 0.0
    asked: int = 0


class Persistence:
    """Delivers one at a time per calling thread, until it is stopped.

    `attempts` is how often one delivery is posted before it fails for good; None means forever.
    `reports` is called for every attempt, from several threads.
    """

    def __init__(
        self,
        post: Poster,
        clock: Clock,
        reports: Callable[[Report], None],
        attempts: int | None = None,
    ) -> None:
        self._post, self._clock, self._reports, self._attempts = post, clock, reports, attempts
        self._stopping = threading.Event()
        self._pauses: dict[str, _Pause] = {}
        self._lock = threading.Lock()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is posted: it was stopped, or a delivery failed for good."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Start no further attempt."""
        self._stopping.set()

    def deliver(self, delivery: Delivery) -> bool:
        """Whether it was accepted in the end; False once this is stopping."""
        attempt = failures = 0
        pause = self._pause(delivery.address)
        while self._is_let_in(pause):
            attempt += 1
            post = self._post(delivery)
            if post.is_taken:
                pause.asked = 0
                self._reports(Report(delivery, post, attempt=attempt))
                return True
            failures += post.retry_after_s is None
            if failures == self._attempts or self._is_hopeless(pause):
                self.stop()
                self._reports(Report(delivery, post, attempt=attempt))
                return False
            wait_s = self._begin_waiting(pause, post, failures)
            self._reports(Report(delivery, post, wait_s, attempt))
            if post.retry_after_s is None:
                self._stopping.wait(wait_s)
        return False

    def _pause(self, address: str) -> _Pause:
        with self._lock:
            return self._pauses.setdefault(address, _Pause())

    def _is_let_in(self, pause: _Pause) -> bool:
        """Wait as long as the endpoint asked; False if this is stopping."""
        while not self.is_stopping:
            left_s = pause.until_s - self._clock.now_s()
            if left_s <= 0:
                return True
            self._stopping.wait(left_s)
        return False

    def _is_hopeless(self, pause: _Pause) -> bool:
        return self._attempts is not None and pause.asked >= MOST_PAUSES

    def _begin_waiting(self, pause: _Pause, post: Post, failures: int) -> float:
        """The wait before the next attempt; a pause applies to all deliveries to this endpoint."""
        if post.retry_after_s is None:
            return self._clock.growing_wait_s(failures, FIRST_WAIT_S, LONGEST_WAIT_S)
        with self._lock:
            now_s = self._clock.now_s()
            if pause.until_s <= now_s:
                pause.asked += 1
            wait_s = max(post.retry_after_s, FIRST_WAIT_S)
            pause.until_s = max(pause.until_s, now_s + wait_s)
        return wait_s
