"""No pace before the first 429; after it, the one that the server has shown to bear."""

from __future__ import annotations

from collections import deque

import pytest

from dcsync.cloud.attempts import Attempts
from dcsync.cloud.pace import Budget, Pace
from dcsync.cloud.request import Request
from dcsync.errors import NotFound, TooManyRequests
from tests.cloud.conftest import FakeTime

CALL = Request("GET", "/projects/p/dataconnectors")


class Limited:
    """A server that bears so many calls in a window, and counts them and its refusals."""

    def __init__(self, time: FakeTime, limit: int, window_s: float = 5.0) -> None:
        self.time, self.limit, self.window_s, self.latency_s = time, limit, window_s, 0.05
        self.calls: deque[float] = deque()
        self.refused = 0

    def answer(self) -> str:
        self.time.now_s += self.latency_s / 2
        now_s = self.time.now_s
        while self.calls and self.calls[0] <= now_s - self.window_s:
            self.calls.popleft()
        if len(self.calls) >= self.limit:
            self.refused += 1
            wait_s = self.calls[0] + self.window_s - now_s
            raise TooManyRequests("slow", method="GET", path="/", status=429, retry_after_s=wait_s)
        self.calls.append(now_s)
        self.time.now_s += self.latency_s / 2
        return "answer"


def attempts_with(time: FakeTime) -> Attempts:
    return Attempts(4, Pace(time.clock), time.clock, lambda _seconds, _reason: None)


@pytest.mark.slow
@pytest.mark.parametrize(("limit", "window_s"), [(25, 5), (40, 5), (5, 1), (100, 20), (500, 60)])
def test_one_429_teaches_the_pace(time: FakeTime, limit: int, window_s: float) -> None:
    """However many calls follow, the server never has to refuse a second one."""
    server, attempts = Limited(time, limit, window_s), attempts_with(time)

    for _ in range(20 * limit):
        attempts.run(CALL, server.answer)

    assert server.refused == 1


def test_a_pace_below_the_documented_one_is_tried_faster_now_and_then(time: FakeTime) -> None:
    """Somebody else may have used up the limit for a while: that is found out, once a window for a
    minute and then every third."""
    server, attempts, began_s = Limited(time, 5), attempts_with(time), time.now_s
    for _ in range(100):
        attempts.run(CALL, server.answer)
    refused, took_s = server.refused, time.now_s - began_s

    server.limit = 25
    for _ in range(1000):
        attempts.run(CALL, server.answer)

    assert refused <= 13 + (took_s - 60) / 15
    assert server.refused == refused
    assert time.now_s - began_s - took_s < 1000 / 25 * 5 * 1.5


def test_the_learned_pace_wastes_little(time: FakeTime) -> None:
    """It is the server's own, but for the time that calls are on their way."""
    server, attempts, began_s = Limited(time, 25), attempts_with(time), time.now_s

    for _ in range(250):
        attempts.run(CALL, server.answer)

    ideal_s = (250 / 25 - 1) * 5
    assert time.now_s - began_s < 1.1 * ideal_s + 5


def test_a_pause_is_told(time: FakeTime, waits: list[tuple[float, str]]) -> None:
    """Neither the wait that the server asks for nor a longer one of our own is silent."""
    server = Limited(time, 25)
    pace = Pace(time.clock, lambda seconds, reason: waits.append((round(seconds), reason)))
    attempts = Attempts(4, pace, time.clock, lambda _seconds, _reason: None)

    for _ in range(80):
        attempts.run(CALL, server.answer)

    reasons = [reason for _, reason in waits]
    assert reasons[0] == "rate limited"
    assert set(reasons[1:]) == {"keeping to the rate limit"}


def test_a_429_for_no_reason_costs_little(time: FakeTime) -> None:
    """One that comes out of the blue does not slow the rest of a run down to a crawl."""
    attempts, began_s = attempts_with(time), time.now_s
    refusals = [TooManyRequests("slow", method="GET", path="/", status=429, retry_after_s=1.0)]

    def answer() -> str:
        time.now_s += 0.05
        if time.now_s > began_s + 0.1 and refusals:
            raise refusals.pop()
        return "answer"

    for _ in range(60):
        attempts.run(CALL, answer)

    assert time.now_s - began_s < 20


def test_no_pace_is_kept_before_the_first_429(time: FakeTime) -> None:
    """A server that refuses nobody is called without any wait."""
    server, attempts = Limited(time, 1000), attempts_with(time)

    for _ in range(200):
        attempts.run(CALL, server.answer)

    assert time.slept == []


def test_who_shares_the_limit_is_given_room(time: FakeTime) -> None:
    """When others use up the limit, refusals make the pace slower and become rare."""
    server, attempts = Limited(time, 25), attempts_with(time)
    for _ in range(60):
        attempts.run(CALL, server.answer)
    server.limit = 10

    for _ in range(200):
        attempts.run(CALL, server.answer)
    refused_before = server.refused
    for _ in range(50):
        attempts.run(CALL, server.answer)

    assert server.refused - refused_before <= 2
    assert server.refused < 20


def test_calls_that_end_in_errors_count(time: FakeTime) -> None:
    """The server counts a call that it answers with 404, so the pace does."""
    server, attempts = Limited(time, 25), attempts_with(time)

    def answer() -> str:
        server.answer()
        raise NotFound("no", method="GET", path="/", status=404)

    for _ in range(100):
        with pytest.raises(NotFound):
            attempts.run(CALL, answer)

    assert server.refused == 1


@pytest.mark.parametrize("budget", [Budget(1, 1.0), Budget(20, 5.0), Budget(3, 0.5)])
@pytest.mark.parametrize("limit", [10_000, 5])
def test_a_budget_holds_from_the_first_call(time: FakeTime, budget: Budget, limit: int) -> None:
    """In no window are there more calls than it has, refused ones included, and hardly fewer."""
    server, arrived = Limited(time, limit), list[float]()
    pace = Pace(time.clock, budget=budget)
    attempts = Attempts(4, pace, time.clock, lambda _seconds, _reason: None)

    def answer() -> str:
        arrived.append(time.now_s + server.latency_s / 2)
        return server.answer()

    for _ in range(4 * budget.calls):
        attempts.run(CALL, answer)

    for first, last in zip(arrived, arrived[budget.calls :], strict=False):
        assert last - first > budget.window_s
    if limit > len(arrived):
        assert arrived[-1] - arrived[0] < 3.3 * budget.window_s + len(arrived) * server.latency_s


def test_a_budget_counts_what_is_under_way(time: FakeTime) -> None:
    """Calls that have not ended yet may be counted by the server at any moment."""
    pace = Pace(time.clock, budget=Budget(2, 1.0))

    with pace.turn(), pace.turn():
        assert pace._start() > 0
