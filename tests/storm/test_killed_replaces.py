"""A replace, killed before or after each of its calls: the next run ends it, whatever `prune`."""

from __future__ import annotations

from collections import Counter

import pytest

from dcsync import emulator
from dcsync.apply import Status
from dcsync.model import Prune
from tests.apply.conftest import PROJECT, declared
from tests.apply.test_lost_answers import PUBSUB
from tests.storm.schedules import KILLED_AFTER, KILLED_BEFORE, Run, bench_of, meddle

CALLS = {"rename": 3, "create": 4, "delete": 5, "look for twins": 6}
"""The calls of a replace, after a token and a listing."""
OTHERS = 9


@pytest.mark.parametrize("is_full", [False, True], ids=["room", "full"])
@pytest.mark.parametrize("how", [KILLED_BEFORE, KILLED_AFTER])
@pytest.mark.parametrize("at", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("prune", Prune)
def test_the_next_run_ends_it(
    cloud: emulator.Emulator, prune: Prune, at: int, how: str, is_full: bool
) -> None:
    """One connector of the declared type is left; at no time there is none, if both have room."""
    cloud.add_project(project_id=PROJECT)
    cloud.add_connector(PROJECT, PUBSUB)
    others = [declared(f"other{number}") for number in range(OTHERS if is_full else 0)]
    bench_of(cloud).apply(*others, prune=Prune.NONE)
    wanted = [declared("a"), *others]
    killed = bench_of(cloud)
    meddle(killed.client, Run(0, {at: how}), lambda: None)
    killed.apply(*wanted, prune=prune)
    between = Counter(each["displayName"].partition(" ")[0] for each in cloud.connectors(PROJECT))

    bench = bench_of(cloud)
    outcomes = bench.apply(*wanted, prune=prune)

    assert between["a"] or is_full
    assert [each.status for each in outcomes] == [Status.DONE] * len(outcomes)
    live = Counter((each["displayName"], each["type"]) for each in cloud.connectors(PROJECT))
    assert live == {(each.connector.display_name, "HTTP_PUSH"): 1 for each in wanted}
    assert bench.plan(*wanted, prune=prune).operations == ()
