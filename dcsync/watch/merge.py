"""Many projects followed at once, a thread each, as one sequence of happenings."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue

from dcsync.cloud.clock import Clock
from dcsync.errors import CloudError
from dcsync.watch.filters import Interest
from dcsync.watch.follow import Cloud, Follower
from dcsync.watch.happenings import Failed, Happening

MOST_WAITING = 1000
"""Happenings that wait to be read before the streams are held back."""

LONGEST_WAIT_S = 0.5
"""A signal that comes between two bytecodes and the wait itself is seen after so long."""
GOODBYE_S = 1.0


class Watched:
    """What happens in all the projects, in the order in which it happens."""

    def __init__(self, followers: Sequence[Follower]) -> None:
        self.running = len(followers)
        """Projects that have not failed."""
        self._arrived: SimpleQueue[Sequence[Happening] | BaseException | None] = SimpleQueue()
        self._waiting = 0
        self._room = threading.Condition()
        self._is_over = False

    def until(self, end_s: float | None) -> Iterator[Sequence[Happening]]:
        """What happens up to `end_s` of the monotonic clock, or until every project has failed.

        What arrived together comes as one.
        """
        while self.running:
            left_s = math.inf if end_s is None else end_s - time.monotonic()
            try:
                arrived = self._arrived.get(timeout=min(max(left_s, 0), LONGEST_WAIT_S))
            except Empty:
                if left_s <= LONGEST_WAIT_S:
                    return
                continue
            if isinstance(arrived, BaseException):
                raise arrived
            if arrived is None:
                self.running -= 1
            else:
                self._make_room(len(arrived))
                yield arrived

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be read: now is the time to flush."""
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
            self._arrived.put(None)

    def end(self) -> None:
        """Nobody reads any more: nobody is held back, and what still comes is not kept."""
        with self._room:
            self._is_over = True
            self._room.notify_all()

    def _put(self, together: Sequence[Happening]) -> bool:
        """As soon as there is room; False once nobody reads any more."""
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
    cloud: Cloud,
    projects: Mapping[str, Sequence[Interest]],
    clock: Clock,
    since_s: float | None = None,
) -> Iterator[Watched]:
    """Follow the projects, by id, while the block runs."""
    ended = threading.Event()

    def sleep(seconds: float) -> None:
        ended.wait(seconds)

    wakeful = replace(clock, sleep=sleep)
    followers = [Follower(cloud, *project, wakeful, since_s) for project in projects.items()]
    watched = Watched(followers)
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
    """A thread that waits for an answer of the cloud is left behind: it ends with the process."""
    end_s = time.monotonic() + GOODBYE_S
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(end_s - time.monotonic(), 0))
