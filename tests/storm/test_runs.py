"""Random declarations, live states, faults and kills: what a run says is what happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync import emulator
from dcsync.cloud.clock import Clock
from dcsync.emulator import ApiCall
from tests.cli.conftest import Ended, Run, command_line
from tests.storm.conftest import length
from tests.storm.weather import SECRET, Weather, twins

APPLY = ("apply", "--auto-approve", "--settle", "0", "--allow-deletes", "99")
DOWN = ("delete", "replace")


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


@pytest.mark.parametrize("seed", range(length(25)))
def test_what_a_run_says_is_what_happened(
    seed: int, run: Run, cloud: emulator.Emulator, tmp_path: Path
) -> None:
    """Exit code, report, tally and the cloud agree, whatever fails; the next run converges."""
    weather = Weather(seed, cloud, tmp_path)
    weather.sow()
    names = weather.declare()
    plan = json.loads(run("plan", "--format", "json").out)
    before = weather.live()
    weather.break_calls()

    ended = run(*APPLY, "--format", "json")

    cloud.heal()
    check_report(ended, plan, before, weather.live())
    check_settles(run, weather, names)


@pytest.mark.parametrize("seed", range(length(5)))
def test_killed_anywhere_nothing_is_lost_or_doubled(
    seed: int, run: Run, cloud: emulator.Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL after a random call: the next apply ends what the killed one began."""
    weather = Weather(10_000 + seed, cloud, tmp_path)
    weather.sow()
    names = weather.declare()
    plan = json.loads(run("plan", "--format", "json").out)
    before = weather.live()
    last = len(cloud.calls) + weather.random.randint(1, 14)
    append = cloud.calls.append

    def kill(call: ApiCall) -> None:
        append(call)
        if len(cloud.calls) == last:
            process.kill()
            process.wait(10)

    monkeypatch.setattr(cloud.calls, "append", kill)
    command = [sys.executable, "-m", "dcsync", *APPLY]
    with subprocess.Popen(
        command, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        out, _ = process.communicate(timeout=60)

    assert process.returncode in {-signal.SIGKILL, 0, 1, 3}
    assert SECRET not in out
    check_cloud(plan, before, weather.live(), said="")
    check_settles(run, weather, names)


def check_report(
    ended: Ended, plan: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The exit code follows from the report, and both from what the cloud holds now."""
    assert SECRET not in ended.out + ended.err
    assert ended.code in {0, 1, 3, 5}, ended
    if ended.code in {1, 3}:
        assert before == after, ended
    report = json.loads(ended.out) if ended.out else {"operations": []}
    for operation in report["operations"]:
        check_outcome(operation, before, after)
    outcomes = [each["outcome"] for each in report["operations"]]
    if ended.code == 0:
        assert set(outcomes) <= {"done"}
        assert [each["action"] for each in report["operations"]] == [
            each["action"] for each in plan["operations"]
        ]
    check_cloud(plan, before, after, said=ended.out)


def check_outcome(operation: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """What is done is seen in the cloud, and what is not attempted is not."""
    key, action = operation["data_connector_id"], operation["action"]
    match operation["outcome"], action:
        case "done", "delete":
            assert key not in after
        case "done", _:
            assert after[key]["displayName"] == operation["display_name"]
            assert (key in before) == (action == "update")
        case "not attempted", "create":
            assert key is None
        case "not attempted", _:
            assert after[key] == before[key]
        case _:
            pass  # what failed may have changed it or not


def check_cloud(
    plan: dict[str, Any], before: dict[str, Any], after: dict[str, Any], said: str
) -> None:
    """Nothing is gone that was not announced, no name is gone altogether, no twin is unsaid."""
    announced = {each["data_connector_id"] for each in plan["operations"] if each["action"] in DOWN}
    assert before.keys() - after.keys() <= announced
    unnamed = [ids for ids in twins(after) if not all(each in said for each in ids)]
    assert unnamed == [] or unnamed == twins(before)


def check_settles(run: Run, weather: Weather, names: list[str]) -> None:
    """A person deletes the younger of twins; then one apply brings all in sync, and says so."""
    for _, *younger in twins(weather.live()):
        for each in younger:
            weather.delete(each)
    ended = run(*APPLY)

    assert ended.code == 0, ended
    assert SECRET not in ended.out + ended.err
    assert run("plan", "--detailed-exitcode").code == 0
    live = [each["displayName"] for each in weather.live().values()]
    assert all(live.count(name) == 1 for name in names)
