"""A rollout that is stopped in any wave, and two at once: the next run goes on rightly."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from dcsync.emulator import ApiCall
from tests.rollout.conftest import IDS, Fleet
from tests.storm.processes import Process

BEFORE = 8
"""Calls of a run with four stores before its first write: listings and permissions."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("calls", "acts"),
    [(0, True), (1, False), (3, True), (4, False), (5, True), (9, False)],
)
def test_it_goes_on_after_any_call(applied: Fleet, calls: int, acts: bool) -> None:
    """From one call on nothing reaches the cloud: no store is skipped and none is done twice."""
    applied.declare("b")
    fault = applied.cloud.fail(
        path="/v2/*", after=BEFORE + calls, count=None, status=403, acts=acts
    )
    stopped = applied.roll_out("--allow-quiet", waves="1,2,3,100%", patience="0.1")
    applied.cloud.heal(fault)
    done = applied.paths().count("b")

    ended = applied.roll_out(waves="1,2,3,100%")

    assert stopped.code != 0
    assert done <= 1 + calls // 4
    assert (ended.code, applied.paths()) == (0, ["b"] * 4)
    assert len(applied.writes()) <= 5


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_signal_while_a_wave_is_verified(
    applied: Fleet, number: signal.Signals, tmp_path: Path
) -> None:
    """The wave is applied, nothing else is; interrupted, the report says so and how to continue."""
    applied.declare("b")
    here, goes_on = threading.Event(), threading.Event()
    append = applied.cloud.calls.append

    def meet(call: ApiCall) -> None:
        append(call)
        if call.path.endswith(":sync"):
            here.set()
            goes_on.wait(20)

    applied.cloud.calls.append = meet  # type: ignore[method-assign] # the moment before the answer
    process = Process(
        *(1, tmp_path, "apply", "--auto-approve", "--waves", "1,100%", "--verify", "--settle=0"),
    )
    assert here.wait(20)

    process.send(number)
    if number is signal.SIGKILL:
        process.await_death()
    goes_on.set()
    ended = process.end()
    applied.cloud.calls.append = append  # type: ignore[method-assign]

    assert ended.code == (-9 if number is signal.SIGKILL else 130)
    assert applied.paths() == ["b", "a", "a", "a"]
    if number is signal.SIGINT:
        assert "interrupted  1 project   oslo" in ended.out
        assert "To roll back: dcsync apply --plan dcsync-reverse-" in ended.out
    assert applied.roll_out().code == 0
    assert applied.paths() == ["b"] * 4


@pytest.mark.slow
def test_two_at_once(applied: Fleet, tmp_path: Path) -> None:
    """They meet in the same stores: nothing is doubled, and the next plan is empty."""
    applied.declare("b", more="  fresh: {config: {url: https://new.example.com}}")
    processes = [
        Process(number, tmp_path, "apply", "--auto-approve", "--waves", "1,100%", "--settle", "1")
        for number in (1, 2)
    ]

    ended = [each.end() for each in processes]

    assert all(each.code in {0, 5} for each in ended)
    live: dict[str, list[Any]] = applied.live()
    assert {key: len(each) for key, each in live.items()} == dict.fromkeys(IDS, 2)
    assert applied.run("plan", "--detailed-exitcode").code == 0
