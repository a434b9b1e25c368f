"""Random declarations, live states and faults: what a run says is what happened.

No server of the storm lies: one that answers 200 to a delete, or 404, and has not acted, cannot be
told from one that has. DT documents no such thing (docs/api.md section 3.2), a look after each
delete would double its calls, and the next plan shows the connector again. So nothing here makes it
up.
"""

from __future__ import annotations

import json

import pytest

from dcsync import emulator
from tests.cli.conftest import Run
from tests.storm.conftest import length
from tests.storm.invariants import check_run, check_settles
from tests.storm.weather import APPLY, Weather


@pytest.mark.parametrize("weather", range(length(25)), indirect=True)
def test_what_a_run_says_is_what_happened(
    run: Run, cloud: emulator.Emulator, weather: Weather
) -> None:
    """Exit code, report, tally, log and cloud agree, whatever fails; the next run converges."""
    names = weather.declare()
    plan = json.loads(run("plan", "--format", "json").out)
    before, first = weather.live(), len(cloud.calls)
    weather.break_calls()
    is_calm = not cloud.faults()

    ended = run(*APPLY, "--format", weather.random.choice(["json", "text"]))

    cloud.heal()
    calls = list(cloud.calls)[first:]
    check_run(ended, plan, before, weather.live(), calls, is_calm=is_calm)
    check_settles(run, weather, names)
