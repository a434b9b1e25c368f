"""Many projects followed at once, a thread each, as one sequence of happenings."""

from __future__ import annotations

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

GOODBYE_S = 1.0


class Watched:
    """What happens in all the projects, in the order in which it happens."""

    def __init__(self, followers: Sequence[Follower], ended: threading.Event) -> None:
        self.running = len(followers)
        """Projects that have not failed."""
        self._ended = ended
        self._happenings: SimpleQueue[Happening | BaseException | None] = SimpleQueue()

    def until(self, end_s: float | None) -> Iterator[Happening]:
        """Everything up to `end_s` of the monotonic clock, or until every project has failed."""
        while self.running:
            left_s = None if end_s is None else max(end_s - time.monotonic(), 0)
            try:
                happening = self._happenings.get(timeout=left_s)
            except Empty:
                return
            if isinstance(happening, BaseException):
                raise happening
            if happening is None:
                self.running -= 1
            else:
                yield happening

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be read: now is the time to flush."""
        return self._happenings.empty()

    def follow(self, follower: Follower) -> None:
        """Run a follower to its end; the body of a thread."""
        try:
            for happening in follower.run():
                self._put(happening)
        except CloudError as error:
            self._happenings.put(Failed(follower.project_id, error))
        except BaseException as error:  # noqa: BLE001 - a bug: raised where it is seen
            self._happenings.put(error)
        self._happenings.put(None)

    def _put(self, happening: Happening) -> None:
        while self._happenings.qsize() >= MOST_WAITING and not self._ended.is_set():
            self._ended.wait(0.01)
        self._happenings.put(happening)


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
    watched = Watched(followers, ended)
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
        for follower in followers:
            follower.stop()
        _await(threads)


def _await(threads: Sequence[threading.Thread]) -> None:
    """A thread that waits for an answer of the cloud is left behind: it ends with the process."""
    end_s = time.monotonic() + GOODBYE_S
    for thread in threads:
        if thread.ident is not None:
            thread.join(max(end_s - time.monotonic(), 0))
