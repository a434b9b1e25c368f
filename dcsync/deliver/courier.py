"""Posts many deliveries at once: each device's in their order, none given up, memory bounded.

A lane is a thread with a short queue; all deliveries of a device go through the same lane. Who puts
more than the lanes can hold has to wait: that holds back the stream instead of losing events.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Full, Queue
from zlib import crc32

from dcsync.cloud.clock import Clock
from dcsync.deliver.delivery import Delivery
from dcsync.deliver.persistence import Persistence, Report
from dcsync.deliver.post import Poster

WAITING = 100
"""Deliveries that wait in one lane."""
_TICK_S = 0.2
"""How soon a lane that waits notices that it is to stop."""


def always() -> bool:
    """The patience of those who wait as long as it takes."""
    return True


class Lane:
    """A queue, and what was taken out of it last without being delivered."""

    def __init__(self, name: str, persistence: Persistence) -> None:
        self._persistence = persistence
        self._queue: Queue[Delivery | None] = Queue(WAITING)
        self._in_hand: Delivery | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def offer(self, item: Delivery | None) -> bool:
        """Whether there was room for it soon; None is the end."""
        try:
            self._queue.put(item, timeout=_TICK_S)
        except Full:
            return False
        return True

    def join(self) -> bool:
        """Whether it has ended by now, or soon."""
        self._thread.join(_TICK_S)
        return not self.is_running

    def left(self) -> Iterator[Delivery]:
        """What was put and is not known to be delivered, each once."""
        if self._in_hand is not None:
            yield self._in_hand
        with suppress(Empty):
            while True:
                if (item := self._queue.get_nowait()) is not None:
                    yield item

    def _run(self) -> None:
        while not self._persistence.is_stopping:
            try:
                delivery = self._queue.get(timeout=_TICK_S)
            except Empty:
                continue
            if delivery is None:
                return
            self._in_hand = delivery
            if self._persistence.deliver(delivery):
                self._in_hand = None


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
        self._persistence = Persistence(post, clock, reports, attempts)
        self._lanes = [Lane(f"deliver {number}", self._persistence) for number in range(in_flight)]

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is posted: it was stopped, or a delivery was given up."""
        return self._persistence.is_stopping

    def put(self, delivery: Delivery, patience: Callable[[], bool] = always) -> bool:
        """Wait for room, as long as `patience` lasts, and take the delivery.

        False where it was not taken, or the courier is stopping.
        """
        lane = self._lanes[crc32(delivery.device.device_id.encode()) % len(self._lanes)]
        while not self.is_stopping:
            if lane.offer(delivery):
                return True
            if not patience():
                return False
        return False

    def finish(self, patience: Callable[[], bool] = always) -> None:
        """Deliver what was taken, as long as `patience` lasts, then end as `stop` does."""
        for lane in self._lanes:
            while not self.is_stopping and not lane.offer(None) and patience():
                pass
        while not self.is_stopping and not all(lane.join() for lane in self._lanes):
            if not patience():
                break
        self.stop()

    def stop(self) -> None:
        """End soon: what is in flight is finished, what waits is left undelivered."""
        self.abandon()
        for lane in self._lanes:
            while not lane.join():
                pass

    def abandon(self) -> None:
        """The same without waiting for what is in flight."""
        self._persistence.stop()

    def left(self) -> Iterator[Delivery]:
        """What was taken and is not known to be delivered, once the courier has ended."""
        for lane in self._lanes:
            yield from lane.left()
