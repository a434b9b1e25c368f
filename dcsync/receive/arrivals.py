"""Answers given by many threads, handed to the one that tells of them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from queue import Empty, SimpleQueue

from dcsync.receive.endpoint import Answer

MOST = 1000
"""Answers that wait to be told of: who prints slowly holds senders back, and fills no memory."""


class Arrivals:
    """A queue of answers, counted by outcome when they are taken."""

    def __init__(self) -> None:
        self._answers: SimpleQueue[Answer | None] = SimpleQueue()
        self._places = threading.Semaphore(MOST)
        self.tally: Counter[str] = Counter()

    def put(self, answer: Answer) -> None:
        """From any thread; waits while too many are not yet taken."""
        self._places.acquire()
        self._answers.put(answer)

    def end(self) -> None:
        """Let `until` come to its end; may be called by a signal handler."""
        self._answers.put(None)

    @property
    def accepted(self) -> int:
        """Duplicates included."""
        return self.tally["accepted"] + self.tally["duplicate"]

    def until(self, duration_s: float | None, count: int | None) -> Iterator[Answer]:
        """Each answer as it is given, until the end, the time is up, or so many were accepted."""
        end_s = None if duration_s is None else time.monotonic() + duration_s
        while count is None or self.accepted < count:
            left_s = None if end_s is None else max(0.0, end_s - time.monotonic())
            try:
                answer = self._answers.get(timeout=left_s)
            except Empty:
                return
            if answer is None:
                return
            yield self._taken(answer)

    def rest(self) -> Iterator[Answer]:
        """What was answered and not yet taken: an event that was accepted is told of."""
        while not self._answers.empty():
            answer = self._answers.get()
            if answer is not None:
                yield self._taken(answer)

    def _taken(self, answer: Answer) -> Answer:
        self._places.release()
        self.tally[answer.outcome] += 1
        return answer
