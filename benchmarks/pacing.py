"""Pacing: fleets under DT's rate limit, against the least time that the limit allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import cost_of, dcsync
from benchmarks.row import Row
from benchmarks.scale import Scale
from dcsync.emulator import ApiCall

CALLS, WINDOW_S = 25, 5.0
"""DT's rate limit (docs/api.md section 3.2)."""
FLOOR = f"{CALLS} calls at once, and {CALLS} more every {WINDOW_S:.0f} s"


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """A plan, an apply, and two plans that share an account."""
    yield _plan(scale, folder / "plan")
    yield _apply(scale, folder / "apply")
    yield _two_plans(scale, folder / "two")


def _plan(scale: Scale, folder: Path) -> Row:
    fleet = Fleet(scale.limited_projects, connectors=1)
    fleet.write(folder)
    with cloud_of(fleet, is_limited=True) as cloud:
        taken_s = cost_of([*dcsync(), "plan"], cloud.environ, folder).wall_s
        refused = _refused(cloud.calls)
    return Row(
        f"plan {fleet.projects} projects under the rate limit, wall",
        "s",
        taken_s,
        _floor_s(fleet.projects),
        FLOOR,
        most_ratio=1.02,
        note=f"{refused} calls answered 429",
    )


def _apply(scale: Scale, folder: Path) -> Row:
    fleet = Fleet(scale.limited_creates)
    fleet.write(folder)
    with cloud_of(fleet, is_live=False, is_limited=True) as cloud:
        command = [*dcsync(), "apply", "--auto-approve"]
        taken_s = cost_of(command, cloud.environ, folder).wall_s
        refused = _refused(cloud.calls)
    creates = fleet.projects * fleet.connectors
    return Row(
        f"apply {creates} creates in {fleet.projects} projects under the rate limit, wall",
        "s",
        taken_s,
        _floor_s(3 * fleet.projects + creates),
        FLOOR,
        most_ratio=1.02,
        note=f"{refused} calls answered 429",
    )


def _two_plans(scale: Scale, folder: Path) -> Row:
    """Each of half of the projects, in a process of its own."""
    fleet = Fleet(scale.limited_projects, connectors=1)
    fleet.write(folder)
    with cloud_of(fleet, is_limited=True) as cloud, ThreadPoolExecutor(2) as pool:
        shards = [[*dcsync(), "plan", "--shard", f"{number}/2"] for number in (1, 2)]
        costs = list(pool.map(lambda each: cost_of(each, cloud.environ, folder), shards))
        refused = _refused(cloud.calls)
    first, last = sorted(each.wall_s for each in costs)
    return Row(
        f"plan {fleet.projects} projects in two processes that share an account, wall",
        "s",
        last,
        _floor_s(fleet.projects),
        FLOOR,
        most_ratio=1.10,
        note=f"{refused} calls answered 429; the first process took {first:.1f} s",
    )


def _floor_s(calls: int) -> float:
    """Of so many calls of the API; tokens come from elsewhere and have no limit."""
    return (math.ceil(calls / CALLS) - 1) * WINDOW_S


def _refused(calls: Sequence[ApiCall]) -> int:
    return sum(each.status == 429 for each in calls)
