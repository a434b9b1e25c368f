"""Follows many projects at once, each in a thread, as one sequence of happenings."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import MappingProxyType

from dcsync.cloud.clock import Clock
from dcsync.dataclass import replace
from dcsync.errors import CloudError
from dcsync.watch.filters import Interest
from dcsync.watch.follow import EventSource, Follower
from dcsync.watch.happenings import Failed, Gap, Happening
from dcsync.watch.keeping import Start

MOST_WAITING = 1000
"""Happenings that wait to be read before the streams are held back."""

ARRIVING_S = 0.1
"""How long the end of a watch leaves to what is on its way."""
END_S = 5.0
"""How long the end of a watch waits for what is missing."""
GOODBYE_S = 1.0

Arrived = Sequence[Happening] | BaseException | Follower | None
"""What happened, a bug, a follower that has ended, or that the watch is to end."""


class Watched:
    """The happenings of all projects, in order."""

    def __init__(
        self, followers: Sequence[Follower], wake: Callable[[], object] = lambda: None
    ) -> None:
        self._running = list(followers)
        self._wake = wake
        self._arrived: SimpleQueue[Arrived] = SimpleQueue()
        self._waiting = 0
        self._room = threading.Condition()
        self._is_ending = self._is_over = False

    @property
    def running(self) -> int:
        """The number of projects still followed."""
        return len(self._running)

    def until(self, end_s: float | None) -> Iterator[Sequence[Happening]]:
        """Happenings up to `end_s` of the monotonic clock, until `interrupt`, or until every
        project has failed.

        What arrived together is yielded together.
        """
        while self._running:
            left_s = math.inf if end_s is None else end_s - time.monotonic()
            if left_s <= 0:
                return
            try:
                arrived = self._arrived.get(timeout=min(left_s, threading.TIMEOUT_MAX))
            except Empty:
                return
            if arrived is None:
                return
            yield from self._taken(arrived)

    def interrupt(self) -> None:
        """Make `until` return. May be called by a signal handler."""
        self._arrived.put(None)

    def finish(self, *, wants_more: bool) -> Iterator[Sequence[Happening]]:
        """End the watch completely: what has arrived, and what was missing, for up to `END_S`.

        See `Follower.finish` for `wants_more`. Afterwards `unfinished` has what remains unknown.
        """
        if wants_more:
            yield from self.until(time.monotonic() + ARRIVING_S)
        self._end_followers(wants_more=wants_more)
        yield from self.until(time.monotonic() + END_S)
        self.end()
        with suppress(Empty):
            while True:
                arrived = self._arrived.get_nowait()
                if arrived is not None:
                    yield from self._taken(arrived)

    def unfinished(self) -> list[Gap]:
        """One gap per project that did not end in time and may be incomplete."""
        self._end_followers(wants_more=False)
        gaps = (follower.unfinished() for follower in self._running)
        return [gap for gap in gaps if gap is not None]

    def _end_followers(self, *, wants_more: bool) -> None:
        if not self._is_ending:
            self._is_ending = True
            for follower in list(self._running):
                follower.finish(wants_more=wants_more)
            self._wake()

    def _taken(
        self, arrived: Sequence[Happening] | BaseException | Follower
    ) -> Iterator[Sequence[Happening]]:
        if isinstance(arrived, BaseException):
            raise arrived
        if isinstance(arrived, Follower):
            self._running.remove(arrived)
        else:
            self._make_room(len(arrived))
            yield arrived

    @property
    def is_idle(self) -> bool:
        """Whether nothing is queued: now is the time to flush."""
        return self._arrived.empty()

    def follow(self, follower: Follower) -> None:
        """Run a follower to its end; the body of a thread."""
        try:
            for together in follower.run():
                if not self._put(together):
                    return
        except CloudError as error:
            self._put([Failed(follower.project_id, error)])
        except BaseException as error:  # noqa: BLE001 - a bug: raised where it is seen
            self._arrived.put(error)
        finally:
            self._arrived.put(follower)

    def end(self) -> None:
        """Stop reading: followers no longer block, and later happenings are discarded."""
        with self._room:
            self._is_over = True
            self._room.notify_all()

    def _put(self, together: Sequence[Happening]) -> bool:
        """Wait for room; False once nobody reads any more."""
        with self._room:
            self._room.wait_for(lambda: self._waiting < MOST_WAITING or self._is_over)
            self._waiting += len(together)
        if not self._is_over:
            self._arrived.put(together)
        return not self._is_over

    def _make_room(self, count: int) -> None:
        with self._room:
            self._waiting -= count
            self._room.notify()


@contextmanager
def watching(
    cloud: EventSource,
    projects: Mapping[str, Sequence[Interest]],
    clock: Clock,
    since_s: float | None = None,
    starts: Mapping[str, Start] = MappingProxyType({}),
) -> Iterator[Watched]:
    """Follow the projects, by id, while the block runs: from their starts, else from `since_s`."""
    ended = threading.Event()

    def sleep(seconds: float) -> None:
        ended.wait(seconds)

    wakeful = replace(clock, sleep=sleep)
    otherwise = Start(since_s)
    followers = [
        Follower(cloud, *project, wakeful, starts.get(project[0], otherwise))
        for project in projects.items()
    ]
    watched = Watched(followers, ended.set)
    threads = [
        threading.Thread(
            target=watched.follow,
            args=(follower,),
            name=f"watch {follower.project_id}",
            daemon=True,
        )
        for follower in followers
    ]
    try:
        for thread in threads:
            thread.start()
        yield watched
    finally:
        ended.set()
        watched.end()
        for follower in followers:
            follower.stop()
        _await(threads)


def _await(threads: Sequence[threading.Thread]) -> None:
    """A thread that waits for a response is abandoned: it ends with the process."""
    end_s = time.monotonic() + GOODBYE_S
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(end_s - time.monotonic(), 0))
