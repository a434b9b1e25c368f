"""How long a storm lasts: `make storm N=1000`; without it, as long as the suite can bear."""

from __future__ import annotations

import os
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from dcsync import cloud as api
from dcsync import emulator
from dcsync.cloud.clock import Clock
from tests.cli.conftest import Run, command_line
from tests.storm.weather import Weather

KILLS: Counter[str] = Counter()
"""How many runs were killed in this process's storm, and how many of them had written before."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A round in which the run was over before its death counts for nothing."""
    if KILLS:
        killed, written = KILLS["killed"], KILLS["written"]
        terminalreporter.write_line(f"storm: {killed} runs killed, {written} of them after a write")


def length(by_default: int) -> int:
    """How many rounds to go, the long run's number where it was asked for."""
    return int(os.environ.get("STORM", by_default))


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cloud: emulator.Emulator,
) -> Run:
    """The command line in an empty folder; back-off takes no time."""
    monkeypatch.chdir(tmp_path)
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    slept: list[float] = []
    clock = Clock(lambda: time.monotonic() + sum(slept), time.time, slept.append, lambda: 0.0)
    monkeypatch.setattr("dcsync.cloud.connect", partial(api.connect, clock=clock))
    return command_line(capsys)


@pytest.fixture
def weather(request: pytest.FixtureRequest, cloud: emulator.Emulator, tmp_path: Path) -> Weather:
    """What a test's seed makes of a project that has something live."""
    made = Weather(f"{request.function.__name__} {request.param}", cloud, tmp_path)
    made.sow()
    return made
