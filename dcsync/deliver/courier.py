"""Posts many deliveries at once: each device's in their order, none given up, memory bounded.

A lane is a thread with a short queue; all deliveries of a device go through the same lane. Who puts
more than the lanes can hold has to wait: that holds back the stream instead of losing events.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from zlib import crc32

from dcsync.cloud.clock import Clock
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.post import Post, Poster

WAITING = 100
"""Deliveries that wait in one lane."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 60.0
_TICK_S = 0.2
"""How soon a lane that waits notices that it is to stop."""


@dataclass(frozen=True, slots=True)
class Report:
    """One attempt: of what, what came of it, and after how long it is made again (None: never)."""

    delivery: Delivery
    post: Post
    retry_in_s: float | None = None


class Courier:
    """Delivers until it is finished or stopped.

    `attempts` is how often one delivery is posted at most before the courier stops as a whole; None
    is for ever. `reports` hears of every attempt, from several threads.
    """

    def __init__(
        self,
        post: Poster,
        clock: Clock,
        reports: Callable[[Report], None],
        *,
        in_flight: int,
        attempts: int | None = None,
    ) -> None:
        self._post, self._clock, self._reports, self._attempts = post, clock, reports, attempts
        self._stopping = threading.Event()
        self._lanes: list[Queue[Delivery | None]] = [Queue(WAITING) for _ in range(in_flight)]
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"deliver {number}", daemon=True)
            for number, lane in enumerate(self._lanes)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is posted: it was stopped, or a delivery was given up."""
        return self._stopping.is_set()

    def put(self, delivery: Delivery) -> bool:
        """Wait for room and take the delivery; False where the courier is stopping."""
        lane = self._lanes[crc32(delivery.device.device_id.encode()) % len(self._lanes)]
        while not self.is_stopping:
            if _offered(lane, delivery):
                return True
        return False

    def finish(self) -> None:
        """Deliver what was taken, then end."""
        for lane in self._lanes:
            while not self.is_stopping and not _offered(lane, None):
                pass
        self._join()

    def stop(self) -> None:
        """End soon: what is in flight is finished, what waits is left undelivered."""
        self._stopping.set()
        self._join()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, lane: Queue[Delivery | None]) -> None:
        while not self.is_stopping:
            try:
                delivery = lane.get(timeout=_TICK_S)
            except Empty:
                continue
            if delivery is None:
                return
            self._deliver(delivery)

    def _deliver(self, delivery: Delivery) -> None:
        attempt = 0
        while not self.is_stopping:
            attempt += 1
            post = self._post(delivery)
            if post.is_taken:
                self._reports(Report(delivery, post))
                return
            if attempt == self._attempts:
                self._stopping.set()
                self._reports(Report(delivery, post))
                return
            wait_s = self._wait_s(attempt)
            self._reports(Report(delivery, post, wait_s))
            self._stopping.wait(wait_s)

    def _wait_s(self, attempt: int) -> float:
        longest_s = min(FIRST_WAIT_S * 2.0 ** min(attempt - 1, 10), LONGEST_WAIT_S)
        return longest_s * (0.5 + self._clock.random() / 2)


def _offered(lane: Queue[Delivery | None], item: Delivery | None) -> bool:
    try:
        lane.put(item, timeout=_TICK_S)
    except Full:
        return False
    return True
