"""Real processes of apply at once, some killed: nothing is doubled unsaid, nothing is lost."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.emulator import ApiCall
from tests.cli.conftest import Run
from tests.storm.conftest import length
from tests.storm.invariants import check_settles
from tests.storm.processes import Process
from tests.storm.statements import read
from tests.storm.weather import APPLY, SECRET, Weather, twins

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
CODES = {0, 1, 3, 5, 130, -signal.SIGKILL}


@pytest.mark.slow
@pytest.mark.parametrize("weather", range(length(6)), indirect=True)
def test_at_once_nothing_stays_doubled_or_is_lost(
    run: Run, cloud: emulator.Emulator, tmp_path: Path, weather: Weather
) -> None:
    """Whoever comes first, each name is live, and twins only where a run was ended or says so."""
    names = weather.declare()
    before = weather.live()
    count = weather.random.choice([2, 2, 3])
    troubled = weather.random.random() < 0.5
    last = len(cloud.calls) + weather.random.randint(2 * count, 12 * count)
    victim = weather.random.randrange(count)
    number = weather.random.choice(SIGNALS)
    begun = threading.Event()

    def trouble(_: ApiCall) -> None:
        if troubled and len(cloud.calls) == last and begun.wait(30):
            processes[victim].send(number)

    cloud.calls.on_call = trouble
    processes = [Process(each, tmp_path, *APPLY) for each in range(count)]
    begun.set()
    ended = [each.end() for each in processes]
    cloud.calls.on_call = None

    assert {each.code for each in ended} <= CODES
    assert not any(SECRET in each.out + each.err for each in ended)
    live = weather.live()
    if any(each.code == 0 for each in ended):
        assert {each["displayName"] for each in live.values()} >= set(names)
    for ids in twins(live):
        is_old = set(ids) <= before.keys()
        is_said = any(all(key in each.out for key in ids) for each in ended)
        assert is_old or is_said or any(each.code in {130, -signal.SIGKILL} for each in ended)
    for each in ended:
        assert each.code != 0 or not read(each).ended("failed", "refused", "not attempted")
    check_settles(run, weather, names)
