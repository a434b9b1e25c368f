"""Runs the work of many projects concurrently and yields outcomes as they complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

from dcsync.apply.outcome import Outcome


class OfProject(Protocol):
    """Anything that belongs to a project."""

    @property
    def project_id(self) -> str: ...


LONGEST_WAIT_S = 0.5
"""A signal that comes between two bytecodes and the wait itself is seen after so long."""

Item = TypeVar("Item", bound=OfProject)


def side_by_side(
    items: Sequence[Item], work: Callable[[Sequence[Item]], Iterator[Outcome]], parallelism: int
) -> Iterator[Outcome]:
    """An outcome for each item: each project's in order, projects concurrently.

    The items of a project must be adjacent. An exception in `work` is a bug, and is raised again
    here.
    """
    outcomes: SimpleQueue[Outcome | Exception] = SimpleQueue()
    projects: SimpleQueue[Sequence[Item]] = SimpleQueue()
    for _, project in groupby(items, lambda each: each.project_id):
        projects.put(list(project))

    def work_through() -> None:
        try:
            with suppress(Empty):
                while True:
                    for outcome in work(projects.get_nowait()):
                        outcomes.put(outcome)
        except Exception as bug:  # noqa: BLE001 - it is raised again where the outcomes are read
            outcomes.put(bug)

    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        _start(pool, work_through, min(parallelism, projects.qsize()))
        for _ in items:
            outcome = _next(outcomes)
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome


def _start(pool: Executor, work: Callable[[], None], threads: int) -> None:
    """Start as many threads as possible: the first one could do all the work alone."""
    for number in range(threads):
        try:
            pool.submit(work)
        except RuntimeError:
            if number == 0:
                raise
            break


def _next(outcomes: SimpleQueue[Outcome | Exception]) -> Outcome | Exception:
    while True:
        with suppress(Empty):
            return outcomes.get(timeout=LONGEST_WAIT_S)
