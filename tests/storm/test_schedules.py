"""Random schedules of two and three applies at once, killed and cut off at random calls."""

from __future__ import annotations

import pytest

from dcsync import emulator
from dcsync.apply import Status
from tests.apply.conftest import PROJECT
from tests.storm.conftest import length
from tests.storm.schedules import Schedule, bench_of, planned_deletes


@pytest.mark.parametrize("seed", range(length(40)))
def test_whatever_the_schedule_nothing_is_doubled_unsaid_or_lost(
    seed: int, cloud: emulator.Emulator
) -> None:
    """One connector of each declaration is left, or every later plan and some run names them."""
    cloud.add_project(project_id=PROJECT)
    schedule = Schedule(seed, cloud)

    schedule.play()

    check_nobody_deleted_what_was_not_his(schedule)
    check_green_means_whole(schedule)
    check_twins_are_named(schedule)
    check_the_next_run_converges(schedule)


def check_nobody_deleted_what_was_not_his(schedule: Schedule) -> None:
    """A run deletes what its plan announced, and what it created itself."""
    for run in schedule.runs:
        assert run.deleted <= planned_deletes(run) | run.created, run


def check_green_means_whole(schedule: Schedule) -> None:
    """Where a run is green, every declared connector is live."""
    if any(run.is_green for run in schedule.runs):
        names = schedule.names()
        assert all(names[each.connector.display_name] for each in schedule.wanted)


def check_twins_are_named(schedule: Schedule) -> None:
    """Without trouble there are none; else each later plan names them, and every run that saw."""
    twins = schedule.twins()
    if not any(run.troubles for run in schedule.runs):
        assert not twins
        failed = [each for run in schedule.runs for each in run.outcomes if not each.is_done]
        assert all("perhaps another run replaces it" in each.error for each in failed)
    bench = bench_of(schedule.cloud)
    problems = "".join(map(str, bench.plan(*schedule.wanted, prune=schedule.prune).problems))
    for ids in twins:
        assert ", ".join(ids) in problems
        makers = [run for run in schedule.runs if run.created & set(ids)]
        assert any(run.is_killed or all(each in run.said for each in ids) for run in makers)
        assert not any(run.is_green for run in makers if run.created >= set(ids))


def check_the_next_run_converges(schedule: Schedule) -> None:
    """A person deletes the younger of each twins, as the message says; then one apply is enough."""
    bench = bench_of(schedule.cloud)
    for _, *younger in schedule.twins():
        for each in younger:
            bench.delete(each)

    outcomes = bench.apply(*schedule.wanted, prune=schedule.prune)

    assert all(each.status is Status.DONE for each in outcomes)
    kept = {"old"} & set(schedule.names())
    names = {each.connector.display_name for each in schedule.wanted}
    assert dict(schedule.names()) == dict.fromkeys(names | kept, 1)
    assert bench.plan(*schedule.wanted, prune=schedule.prune).operations == ()
