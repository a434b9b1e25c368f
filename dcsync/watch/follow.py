"""Follows one project's events, each exactly once.

Connects, fills gaps, streams, and reconnects when the connection is lost. Time and randomness come
from a Clock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from dcsync.cloud.arrival import Arrival
from dcsync.cloud.clock import Clock
from dcsync.cloud.reader import PING_INTERVAL_S
from dcsync.cloud.stream import EventStream
from dcsync.errors import CloudError, CredentialsError
from dcsync.watch.checkpoints import Checkpoints
from dcsync.watch.devices import DeviceBook
from dcsync.watch.enquiry import REFUSED, GapSource
from dcsync.watch.filters import Interest, server_filter
from dcsync.watch.happenings import Gap, Happening, Joined, Lost, MatchedEvent
from dcsync.watch.history import History
from dcsync.watch.keeping import NOW, Kept, Start
from dcsync.watch.progress import CLOCKS_APART_S
from dcsync.watch.takers import Takers

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 12.0
"""A machine that wakes from sleep reconnects within 15 s."""

MOST_FILLINGS = 3
"""After so many failed attempts in a row a gap stays."""

FRESH_S = PING_INTERVAL_S + 2.0
"""A stream that was heard so lately is healthy; one that is silent for longer may be dead."""


SURVEYED_AT_ONCE, SURVEYED_A_SECOND = 20, 1.0
"""Sensors that are asked for what they back-filled: after a gap, and while the stream continues."""


class EventSource(GapSource, Protocol):
    """The part of Reader that watching uses."""

    def open_stream(
        self,
        project_id: str,
        *,
        event_types: Sequence[str] = (),
        device_types: Sequence[str] = (),
        device_ids: Sequence[str] = (),
    ) -> EventStream: ...


class Follower:
    """Follows one project. `finish` and `stop` are thread-safe."""

    def __init__(
        self,
        cloud: EventSource,
        project_id: str,
        interests: Sequence[Interest],
        clock: Clock,
        start: Start = NOW,
    ) -> None:
        self.project_id = project_id
        self._cloud = cloud
        self._filter = server_filter(interests)
        self._clock = clock
        self._book = DeviceBook()
        began_s = clock.unix_s()
        kept = _kept(start, began_s)
        self._book.remember(kept.labels)
        self._progress = kept.progress
        self._history = History(cloud, project_id, interests, self._book, self._progress, began_s)
        self._heard_s = kept.heard_s
        self._has_begun = self._is_pending = start.is_past
        self._is_kept = start.kept is not None
        self._checkpoints = (
            Checkpoints(project_id, self._progress, self._book) if start.keeps else None
        )
        self._failures = self._failed_fillings = 0
        self._surveyed_s = began_s
        self._has_joined = self._is_open = self._is_live = False
        self._is_healthy = self._is_enough = False
        self._wants_more = True
        self._trouble = "the stream was never opened"
        self._ending, self._stopped = threading.Event(), threading.Event()
        self._stream: EventStream | None = None
        self._takers = Takers(cloud, project_id, interests, self._book, self._progress)

    def finish(self, *, wants_more: bool) -> None:
        """End soon and completely: if the stream is not healthy, the history is read once more.

        Without `wants_more` no more events are shown: missing ones become a Gap, and an open stream
        is good enough.
        """
        self._is_healthy = self._is_live and self._silent_s() <= FRESH_S
        self._is_enough = self._is_open and not wants_more
        self._wants_more = wants_more
        self._ending.set()
        self._close()

    def stop(self) -> None:
        """End soon, even with gaps. This and `finish` wake a reader that waits for bytes, but not
        one that waits for a response."""
        self._stopped.set()
        self._ending.set()
        self._close()

    def unfinished(self) -> Gap | None:
        """What is unknown because the end, started by `finish`, could not be awaited."""
        if not self._is_healthy:
            return Gap(self.project_id, self._silent_s(), self._trouble)
        return self._history.unasked_gap() if self._history.unasked else None

    def run(self) -> Iterator[Sequence[Happening]]:
        """All happenings, in lists that arrived together.

        CloudError if the project cannot be watched at all.
        """
        if not self._has_begun:
            self._history.begin()
            self._has_begun = True
        if self._checkpoints and not self._is_kept:
            yield [self._checkpoints.whole(self._heard_s)]
        while not self._ending.is_set():
            try:
                yield from self._connection()
                reason = "the server ended the stream"
            except CloudError as error:
                if not self._has_joined and isinstance(error, (*REFUSED, CredentialsError)):
                    raise
                reason = str(error)
            if not self._ending.is_set():
                self._lose(reason)
                wait_s = self._clock.growing_wait_s(self._failures, FIRST_WAIT_S, LONGEST_WAIT_S)
                yield [Lost(self.project_id, reason, wait_s)]
                self._clock.sleep(wait_s)
        if not self._is_enough and not self._stopped.is_set():
            yield from self._end()

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def _silent_s(self) -> float:
        return max(self._clock.unix_s() - self._heard_s, 0.0)

    def _lose(self, reason: str) -> None:
        self._failures += 1
        self._trouble = reason
        if not self._is_pending:
            self._progress.lose()
            self._is_pending = True

    def _connection(self) -> Iterator[Sequence[Happening]]:
        with self._cloud.open_stream(
            self.project_id,
            event_types=self._filter.event_types,
            device_types=self._filter.device_types,
            device_ids=self._filter.device_ids,
        ) as stream:
            self._stream = stream
            if self._ending.is_set():  # while the stream was being opened
                return
            try:
                self._is_open = True
                yield from self._read(stream)
            finally:
                self._is_open = self._is_live = False

    def _read(self, stream: EventStream) -> Iterator[Sequence[Happening]]:
        for happening in self._catch_up():
            yield [happening]
        self._is_live = True
        yield from self._passed()
        yield from self._surveyed(SURVEYED_AT_ONCE)
        for together in stream.arrivals():
            self._failures = 0
            self._heard_s = self._clock.unix_s()
            if shown := self._takers.take(together, self._heard_s):
                yield shown
            if self._history.unasked:
                due = (self._clock.unix_s() - self._surveyed_s) * SURVEYED_A_SECOND
                yield from self._surveyed(min(int(due), SURVEYED_AT_ONCE))
            if self._checkpoints:
                yield from self._passed()

    def _passed(self) -> Iterator[Sequence[Happening]]:
        """Checkpoints, from time to time."""
        if self._checkpoints:
            checkpoint = self._checkpoints.passing(self._heard_s, self._history.unasked)
            if checkpoint:
                yield [checkpoint]

    def _surveyed(self, most: int, *, is_last: bool = False) -> Iterator[Sequence[Happening]]:
        """What some of the sensors have back-filled in a gap that is filled otherwise."""
        if most > 0 and self._history.unasked:
            self._surveyed_s = self._clock.unix_s()
            found = self._history.survey(most, self._surveyed_s, is_last=is_last)
            if reported := list(self._reported(found)):
                yield reported

    def _catch_up(self) -> Iterator[Happening]:
        now_s = self._clock.unix_s()
        gap_s = self._silent_s() if self._is_pending else 0.0
        filled = 0
        if self._is_pending:
            for happening in self._filling(gap_s, now_s):
                filled += isinstance(happening, MatchedEvent)
                yield happening
        self._is_pending, self._has_joined = False, True
        self._heard_s = now_s
        yield Joined(self.project_id, gap_s, filled)

    def _filling(self, gap_s: float, now_s: float) -> Iterator[MatchedEvent | Gap]:
        self._takers.forget()
        self._progress.begin_filling(now_s - CLOCKS_APART_S)
        yield from self._fill(gap_s, now_s)
        self._progress.end_filling()

    def _end(self) -> Iterator[Sequence[Happening]]:
        is_whole = True
        for together in self._last_filling():
            is_whole &= not any(isinstance(each, Gap) for each in together)
            yield together
        if self._checkpoints and is_whole and not self._stopped.is_set():
            yield [self._checkpoints.last(self._heard_s)]

    def _last_filling(self) -> Iterator[Sequence[Happening]]:
        """The end of a watch is a gap like any other: filled, or reported."""
        unshown = 0
        for together in self._last():
            if self._wants_more:
                yield together
            else:
                unshown += sum(isinstance(each, MatchedEvent) for each in together)
                yield [each for each in together if not isinstance(each, MatchedEvent)]
        if unshown:
            yield [Gap(self.project_id, self._silent_s(), self._trouble)]

    def _last(self) -> Iterator[Sequence[Happening]]:
        if not self._is_healthy:
            if not self._is_pending:
                self._lose("no data in time, not even a ping")
            self._failed_fillings = MOST_FILLINGS
            for happening in self._filling(self._silent_s(), self._clock.unix_s()):
                yield [happening]
        while self._history.unasked and not self._stopped.is_set():
            yield from self._surveyed(1, is_last=True)

    def _fill(self, gap_s: float, now_s: float) -> Iterator[MatchedEvent | Gap]:
        """The missed events. Failed attempts raise until there were too many: then a Gap."""
        try:
            yield from self._reported(self._history.missing(gap_s, now_s))
        except CloudError as error:
            self._failed_fillings += 1
            if self._failed_fillings < MOST_FILLINGS:
                raise
            yield Gap(self.project_id, gap_s, f"the history cannot be read: {error}")
        self._failed_fillings = 0

    def _reported(self, found: Iterator[Arrival | Gap]) -> Iterator[MatchedEvent | Gap]:
        """What of it is shown."""
        for each in found:
            reported = each if isinstance(each, Gap) else self._takers.take_past(each)
            if reported is not None:
                yield reported


def _kept(start: Start, began_s: float) -> Kept:
    """The known state of a project when a watch starts like this."""
    if start.kept is not None:
        start.kept.progress.lose()
        return start.kept
    if start.since_s is not None:
        return Kept.fresh(start.since_s, None)
    return Kept.fresh(began_s - CLOCKS_APART_S, began_s)
