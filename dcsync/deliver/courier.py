"""Posts many deliveries concurrently: each device's in order, never dropped, in bounded memory.

A lane is a thread with a short queue; all deliveries of a device use the same lane. If the lanes
are full, the caller waits, which holds the stream back instead of losing events.
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
    """Wait as long as necessary."""
    return True


class Lane:
    """A queue, and the last delivery taken from it if it is not delivered yet."""

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
        """Queue an item; False if there was no room soon. None ends the lane."""
        try:
            self._queue.put(item, timeout=_TICK_S)
        except Full:
            return False
        return True

    def join(self) -> bool:
        """Whether it has ended, after waiting briefly."""
        self._thread.join(_TICK_S)
        return not self.is_running

    def left(self) -> Iterator[Delivery]:
        """What was queued and is not known to be delivered, each once."""
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

    `attempts` is how often one delivery is posted before the courier stops; None means forever.
    `reports` is called for every attempt, from several threads.
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
        self._in_flight = in_flight
        self._lanes: dict[int, Lane] = {}

    @property
    def is_stopping(self) -> bool:
        """Whether nothing more is posted: it was stopped, or a delivery failed for good."""
        return self._persistence.is_stopping

    def put(self, delivery: Delivery, patience: Callable[[], bool] = always) -> bool:
        """Wait for room, as long as `patience` lasts, and queue the delivery.

        False if it was not queued, or the courier is stopping.
        """
        lane = self._lane(crc32(delivery.device.device_id.encode()) % self._in_flight)
        while not self.is_stopping:
            if lane.offer(delivery):
                return True
            if not patience():
                return False
        return False

    def finish(self, patience: Callable[[], bool] = always) -> None:
        """Deliver what was queued, as long as `patience` lasts, then stop."""
        for lane in self._lanes.values():
            while not self.is_stopping and not lane.offer(None) and patience():
                pass
        while not self.is_stopping and not all(lane.join() for lane in self._lanes.values()):
            if not patience():
                break
        self.stop()

    def stop(self) -> None:
        """Stop soon: deliveries in flight are completed, queued ones are not delivered."""
        self.abandon()
        for lane in self._lanes.values():
            while not lane.join():
                pass

    def abandon(self) -> None:
        """The same without waiting for deliveries in flight."""
        self._persistence.stop()

    def left(self) -> Iterator[Delivery]:
        """What was queued and is not known to be delivered, once the courier has ended."""
        for lane in self._lanes.values():
            yield from lane.left()

    def _lane(self, number: int) -> Lane:
        """Begun with its first delivery: there may be more of them than devices."""
        lane = self._lanes.get(number)
        if lane is None:
            lane = self._lanes[number] = Lane(f"deliver {number}", self._persistence)
        return lane
