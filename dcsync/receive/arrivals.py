"""Answers given by many threads, handed to the one that tells of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from queue import Empty, Queue

from dcsync.receive.endpoint import Answer

MOST = 1000
"""Answers that wait to be told of: who prints slowly holds senders back, and fills no memory."""


class Arrivals:
    """A queue of answers, counted by outcome when they are taken."""

    def __init__(self) -> None:
        self._answers: Queue[Answer] = Queue(MOST)
        self.tally: Counter[str] = Counter()

    def put(self, answer: Answer) -> None:
        """From any thread; waits while too many are not yet taken."""
        self._answers.put(answer)

    @property
    def accepted(self) -> int:
        """Duplicates included."""
        return self.tally["accepted"] + self.tally["duplicate"]

    def until(self, duration_s: float | None, count: int | None) -> Iterator[Answer]:
        """Each answer as it is given, until the time is up or so many were accepted."""
        end_s = None if duration_s is None else time.monotonic() + duration_s
        while count is None or self.accepted < count:
            left_s = None if end_s is None else max(0.0, end_s - time.monotonic())
            try:
                answer = self._answers.get(timeout=left_s)
            except Empty:
                return
            self.tally[answer.outcome] += 1
            yield answer
