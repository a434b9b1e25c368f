"""Processes that share one rate limit and know nothing of each other: real Pace objects, made-up
time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, pairwise
from random import Random

import pytest

from dcsync.cloud.clock import Clock
from dcsync.cloud.pace import Pace

CALLS, WINDOW_S, THREADS = 25, 5.0, 10


@dataclass
class Process:
    """One that makes so many calls in ten threads."""

    starts_s: float
    calls: int
    pace: Pace = field(init=False)
    begun: int = 0
    accepted_s: list[float] = field(default_factory=list)
    refused: int = 0
    gave_up: bool = False


class Sliding:
    """So many calls in any window."""

    def __init__(self, *, counts_refused: bool = False) -> None:
        self._counts_refused = counts_refused
        self._counted_s: list[float] = []

    def wait_s(self, now_s: float) -> float:
        """0 for a call that is accepted, else after how long to try again."""
        self._counted_s = [each for each in self._counted_s if each > now_s - WINDOW_S]
        is_accepted = len(self._counted_s) < CALLS
        wait_s = 0.0 if is_accepted else self._counted_s[0] + WINDOW_S - now_s
        if is_accepted or self._counts_refused:
            self._counted_s.append(now_s)
        return wait_s


class Fixed:
    """So many calls from one multiple of the window to the next, by the server's clock."""

    def __init__(self) -> None:
        self._window, self._count = -1, 0

    def wait_s(self, now_s: float) -> float:
        window, into_s = divmod(now_s + 1.3, WINDOW_S)
        if window != self._window:
            self._window, self._count = int(window), 0
        self._count += 1
        return 0.0 if self._count <= CALLS else WINDOW_S - into_s


class Bucket:
    """So many calls at once, and then as many as flow in."""

    def __init__(self) -> None:
        self._calls, self._since_s = float(CALLS), 0.0

    def wait_s(self, now_s: float) -> float:
        flown_in = (now_s - self._since_s) * CALLS / WINDOW_S
        self._calls, self._since_s = min(self._calls + flown_in, CALLS), now_s
        if self._calls < 1:
            return (1 - self._calls) * WINDOW_S / CALLS
        self._calls -= 1
        return 0.0


Limit = Sliding | Fixed | Bucket


class World:
    """A server with a limit, and a clock that jumps to what happens next."""

    def __init__(self, processes: list[Process], latency_s: float, limit: Limit) -> None:
        self.now_s = 0.0
        self.latency_s = latency_s
        self._limit = limit
        self._chance = Random(21)
        self._order = count()
        self._next: list[tuple[float, int, Callable[[], None]]] = []
        for process in processes:
            process.pace = Pace(Clock(lambda: self.now_s, lambda: self.now_s, lambda _: None))
            for thread in range(THREADS):
                self._at(process.starts_s + 0.002 * thread, lambda p=process: self._call(p))  # type: ignore[misc]

    def run(self) -> None:
        while self._next:
            self.now_s, _, happen = heappop(self._next)
            happen()

    def _at(self, moment_s: float, happen: Callable[[], None]) -> None:
        heappush(self._next, (moment_s, next(self._order), happen))

    def _call(self, process: Process) -> None:
        """A thread begins its next call, if there is one."""
        if process.begun < process.calls:
            process.begun += 1
            self._try(process)

    def _try(self, process: Process) -> None:
        left_s = process.pace._start()
        if left_s > 0:
            self._at(self.now_s + left_s, lambda: self._try(process))
        else:
            way_s = self.latency_s * (0.5 + 0.15 * self._chance.random())
            self._at(self.now_s + way_s, lambda: self._arrive(process, way_s))

    def _arrive(self, process: Process, way_s: float) -> None:
        wait_s = self._limit.wait_s(self.now_s)
        if wait_s <= 0:
            self._at(self.now_s + way_s, lambda: self._accepted(process))
        else:
            whole_s = max(math.ceil(wait_s), 1)
            self._at(self.now_s + way_s, lambda: self._refused(process, whole_s))

    def _accepted(self, process: Process) -> None:
        process.pace._end(counts=True)
        process.pace.passed()
        process.accepted_s.append(self.now_s)
        self._call(process)

    def _refused(self, process: Process, wait_s: int) -> None:
        process.refused += 1
        process.pace._end(counts=False)
        if not process.pace.hold(wait_s, "rate limited"):
            process.gave_up = True
        self._try(process)


def run(*processes: Process, latency_s: float = 0.01, limit: Limit | None = None) -> float:
    """Until all calls were accepted; the time in terms of the least that the limit allows."""
    World(list(processes), latency_s, limit or Sliding()).run()
    assert not any(each.gave_up for each in processes)
    assert [len(each.accepted_s) for each in processes] == [each.calls for each in processes]
    end_s = max(each.accepted_s[-1] for each in processes)
    return end_s / ((math.ceil(sum(each.calls for each in processes) / CALLS) - 1) * WINDOW_S)


@pytest.mark.parametrize("latency_s", [0.001, 0.01])
@pytest.mark.parametrize("calls", [150, 300, 600])
def test_one_alone_is_as_fast_as_the_limit(calls: int, latency_s: float) -> None:
    """And is refused in the first window only."""
    process = Process(0.0, calls)

    assert run(process, latency_s=latency_s) <= 1.02
    assert process.refused <= THREADS


@pytest.mark.parametrize("calls", [(150, 150), (300, 300), (150, 40)])
@pytest.mark.parametrize("starts_s", [0.02, 3.0, 17.3])
def test_two_waste_little_of_what_they_share(calls: tuple[int, int], starts_s: float) -> None:
    """Whoever begins first, and however much each has to do."""
    assert run(Process(0.0, calls[0]), Process(starts_s, calls[1])) <= 1.10


@pytest.mark.parametrize("latency_s", [0.002, 0.01])
@pytest.mark.parametrize("starts_s", [0.0, 0.02, 0.1, 0.3, 1.0])
def test_who_is_not_done_takes_up_what_the_last_window_has(
    starts_s: float, latency_s: float
) -> None:
    """Once the other has ended: to wait for two more windows would cost two of them 18 %."""
    two = Process(0.0, 150), Process(starts_s, 150)

    assert run(*two, latency_s=latency_s) <= 1.10


def test_two_that_begin_together_both_get_on() -> None:
    """Each gets at least a call a second, whoever was faster at first."""
    processes = [Process(0.0, 300), Process(0.02, 300)]

    run(*processes)

    for process in processes:
        assert sum(each <= 30.0 for each in process.accepted_s) >= 30


@pytest.mark.parametrize("latency_s", [0.002, 0.03])
@pytest.mark.parametrize("starts_s", [0.05, 0.3, 0.42, 0.7, 0.9, 1.5, 4.9, 5.02, 8.4, 23.0])
def test_a_later_one_is_not_starved(starts_s: float, latency_s: float) -> None:
    """One that has the limit to itself leaves a gap; whoever is in it soon has a good part."""
    first, later = Process(0.0, 600), Process(starts_s, 150)

    run(first, later, latency_s=latency_s)

    begins_s = later.accepted_s[0]
    assert begins_s - starts_s <= 31.0
    assert sum(each <= begins_s + 30.0 for each in later.accepted_s) >= 25
    assert _longest_pause_s(first) <= 36.0


@pytest.mark.parametrize("starts_s", [0.05, 0.45, 2.3, 5.7])
@pytest.mark.parametrize("limit", [Fixed, Bucket, lambda: Sliding(counts_refused=True)])
def test_whatever_limit_it_is_both_get_on(limit: Callable[[], Limit], starts_s: float) -> None:
    """How the server counts is not known; docs/api.md section 3.2 has the figures only."""
    first, later = Process(0.0, 300), Process(starts_s, 300)

    assert run(first, later, limit=limit()) <= 1.35

    assert later.accepted_s[0] - starts_s <= 31.0
    assert max(map(_longest_pause_s, (first, later))) <= 36.0


@pytest.mark.parametrize("limit", [Fixed, Bucket, lambda: Sliding(counts_refused=True)])
def test_one_alone_is_as_fast_as_any_limit(limit: Callable[[], Limit]) -> None:
    """And is refused in the first window only."""
    process = Process(0.0, 300)

    assert run(process, limit=limit()) <= 1.02
    assert process.refused <= THREADS


@pytest.mark.parametrize("starts_s", [0.05, 0.1, 0.2])
def test_two_that_begin_together_wait_one_window(starts_s: float) -> None:
    """The gap is met at once by one whose first call was refused while the first began."""
    first, later = Process(0.0, 300), Process(starts_s, 300)

    run(first, later)

    assert later.accepted_s[0] <= 5.4
    assert max(map(_longest_pause_s, (first, later))) <= 6.0


def _longest_pause_s(process: Process) -> float:
    """Between two of its accepted calls."""
    return max(later_s - s for s, later_s in pairwise(process.accepted_s))


def test_five_share_it() -> None:
    """More processes than that keep each other waiting a little, and none for long."""
    processes = [Process(0.4 * number, 100) for number in range(5)]

    assert run(*processes) <= 1.25


def test_who_is_left_takes_what_the_other_had() -> None:
    """Within two windows after its end."""
    short, long = Process(0.0, 60), Process(0.02, 400)

    run(short, long)

    freed_s = short.accepted_s[-1]
    assert sum(freed_s + 10 < each <= freed_s + 30 for each in long.accepted_s) >= 95
