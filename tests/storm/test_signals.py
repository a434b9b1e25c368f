"""Real processes of apply that are killed, or asked to stop, after a random call."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.emulator import ApiCall
from tests.cli.conftest import Run
from tests.storm.conftest import KILLS, length
from tests.storm.invariants import INTERRUPTED, check_cloud, check_run, check_settles
from tests.storm.processes import Process
from tests.storm.weather import APPLY, SECRET, Weather

ALREADY_OVER = {0, 1, 3}


@pytest.mark.parametrize("weather", range(length(5)), indirect=True)
def test_killed_anywhere_nothing_is_lost_or_doubled(
    run: Run, cloud: emulator.Emulator, tmp_path: Path, weather: Weather
) -> None:
    """SIGKILL after a random call: the next apply ends what the killed one began."""
    names = weather.declare()
    plan = json.loads(run("plan", "--format", "json").out)
    before, first = weather.live(), len(cloud.calls)
    last = first + weather.random.randint(2, 3 + 3 * len(plan["operations"]))
    has_answer = weather.random.random() < 0.3
    begun = threading.Event()

    def kill(_: ApiCall) -> None:
        if len(cloud.calls) == last and begun.wait(30):
            process.send(signal.SIGKILL)
            if not has_answer:
                process.await_death()

    cloud.calls.on_call = kill
    process = Process(0, tmp_path, *APPLY)
    begun.set()
    ended = process.end()
    cloud.calls.on_call = None

    assert ended.code in {-signal.SIGKILL, *ALREADY_OVER}
    assert len(cloud.calls) - first >= 2, "it never came to its listing"
    is_killed = ended.code == -signal.SIGKILL
    has_written = any(
        each.method != "GET" and "/dataconnectors" in each.path
        for each in list(cloud.calls)[first:]
    )
    KILLS.update(killed=is_killed, written=is_killed and has_written)
    assert SECRET not in ended.out + ended.err
    check_cloud(plan, before, weather.live(), said="")
    check_settles(run, weather, names)


@pytest.mark.parametrize("weather", range(length(8)), indirect=True)
def test_asked_to_stop_anywhere_the_report_is_true(
    run: Run, cloud: emulator.Emulator, tmp_path: Path, weather: Weather
) -> None:
    """SIGTERM or SIGINT after a random call: 130, and what is reported is what happened."""
    names = weather.declare()
    plan = json.loads(run("plan", "--format", "json").out)
    before, first = weather.live(), len(cloud.calls)
    last = first + weather.random.randint(1, 3 + 2 * len(plan["operations"]))
    number = weather.random.choice([signal.SIGTERM, signal.SIGINT])
    asked: list[int] = []
    begun = threading.Event()

    def ask(_: ApiCall) -> None:
        if len(cloud.calls) == last and begun.wait(30):
            asked.append(number)
            process.send(number)

    cloud.calls.on_call = ask
    process = Process(0, tmp_path, *APPLY, "--format", weather.random.choice(["json", "text"]))
    begun.set()
    ended = process.end()
    cloud.calls.on_call = None

    calls = list(cloud.calls)[first:]
    assert ended.code == INTERRUPTED if asked else ended.code in ALREADY_OVER
    said = check_run(ended, plan, before, weather.live(), calls, is_calm=True)
    if ended.out and plan["operations"] and "nothing was changed" not in ended.err:
        assert sum(said.outcomes.values()) == len(plan["operations"])
    check_settles(run, weather, names)
