"""Queues the responses of many threads for the thread that prints them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from dcsync.receive.endpoint import PushResponse

MOST = 1000
"""Responses that may be queued: a slow printer delays senders instead of filling the memory."""


class ResponseQueue:
    """A queue of responses, counted by outcome when they are taken."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[PushResponse | None] = SimpleQueue()
        self._slots = threading.Semaphore(MOST)
        self.tally: Counter[str] = Counter()

    def put(self, response: PushResponse) -> None:
        """Queue a response, from any thread; waits while the queue is full."""
        self._slots.acquire()
        self._queue.put(response)

    def end(self) -> None:
        """Make `until` return; may be called by a signal handler."""
        self._queue.put(None)

    @property
    def accepted(self) -> int:
        """The number of accepted pushes, duplicates included."""
        return self.tally["accepted"] + self.tally["duplicate"]

    def until(self, duration_s: float | None, count: int | None) -> Iterator[PushResponse]:
        """The responses, until `end`, the time is up, or `count` pushes were accepted."""
        end_s = None if duration_s is None else time.monotonic() + duration_s
        while count is None or self.accepted < count:
            left_s = None if end_s is None else max(0.0, end_s - time.monotonic())
            try:
                response = self._queue.get(timeout=left_s)
            except Empty:
                return
            if response is None:
                return
            yield self._taken(response)

    def rest(self) -> Iterator[PushResponse]:
        """The responses not taken yet, so that every accepted event is printed."""
        while not self._queue.empty():
            response = self._queue.get()
            if response is not None:
                yield self._taken(response)

    def _taken(self, response: PushResponse) -> PushResponse:
        self._slots.release()
        self.tally[response.outcome] += 1
        return response
