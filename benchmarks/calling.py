"""Calling: fleets planned and applied over a slow network, against the least that it can take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import SECRETS, Fleet
from benchmarks.processes import PYTHON, Cost, cost_of, dcsync, output_of
from benchmarks.row import Row
from benchmarks.scale import Scale

PARALLELISM = 20
PAGE = 100
"""Projects of a page of their listing."""


MOST_RATIO = {"plan": 1.08, "status": 1.10}


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """Plan, status, apply, and listing against scripts on the official SDK."""
    yield from _plan(scale, folder / "calling-plan")
    yield from _status(scale, folder / "calling-status")
    yield from _apply(scale, folder / "calling-apply")
    yield from _list(scale)


@dataclass(frozen=True, slots=True)
class _Run:
    """One command: what it cost, and how many calls the cloud saw."""

    cost: Cost
    calls: int


def _plan(scale: Scale, folder: Path) -> Iterator[Row]:
    against = "a page of each project, and a token"
    yield from _look("plan", 1 + scale.projects, against, scale, folder)


def _status(scale: Scale, folder: Path) -> Iterator[Row]:
    calls = 1 + 2 * scale.projects + math.ceil(scale.projects / PAGE)
    against = "a page and the metrics of each project, a page of their names a hundred, and a token"
    yield from _look("status", calls, against, scale, folder)


def _look(command: str, expected: int, against: str, scale: Scale, folder: Path) -> Iterator[Row]:
    """A command that only reads, over projects of one connector."""
    fleet = Fleet(scale.projects, connectors=1)
    fleet.write(folder)
    with cloud_of(fleet, latency_s=scale.latency_s) as cloud:
        runs = []
        for _ in range(scale.rounds):
            before = len(cloud.calls)
            cost = _dcsync(command, folder, cloud.environ)
            runs.append(_Run(cost, len(cloud.calls) - before))
    load_s = _load_s(scale, folder)
    run = min(runs, key=lambda each: each.cost.wall_s)
    yield Row(
        f"{command} {scale.projects:,} projects at {scale.latency_s * 1e3:.0f} ms a call, wall"
        " less the CPU of loading",
        "s",
        run.cost.wall_s - load_s,
        _ideal_s(expected, scale),
        f"⌈calls / {PARALLELISM}⌉ × latency",
        most_ratio=MOST_RATIO[command],
        note=f"{run.cost.wall_s:.2f} s in all, {load_s:.2f} s of it `dcsync validate`",
    )
    yield _calls_row(command, run, expected, against)


def _apply(scale: Scale, folder: Path) -> Iterator[Row]:
    fleet = Fleet(scale.created_projects)
    fleet.write(folder)
    runs = []
    for _ in range(scale.rounds):
        with cloud_of(fleet, is_live=False, latency_s=scale.latency_s) as cloud:
            cost = _dcsync("apply", folder, cloud.environ, "--auto-approve")
            runs.append(_Run(cost, len(cloud.calls)))
    load_s = _load_s(scale, folder)
    run = min(runs, key=lambda each: each.cost.wall_s)
    creates = fleet.projects * fleet.connectors
    expected = 1 + 3 * fleet.projects + creates
    name = f"apply {creates:,} creates over {fleet.projects} projects"
    at = f"{name} at {scale.latency_s * 1e3:.0f} ms a call, wall"
    ideal = _ideal_s(expected, scale), f"⌈calls / {PARALLELISM}⌉ × latency"
    yield Row(at, "s", run.cost.wall_s, *ideal, most_ratio=1.1)
    yield Row(
        f"{at} less the CPU of loading",
        "s",
        run.cost.wall_s - load_s,
        *ideal,
        note=f"{load_s:.2f} s is `dcsync validate`",
    )
    yield _calls_row(
        "apply",
        run,
        expected,
        "the plan's, one an operation, and two more a project: permissions, a look",
    )


def _load_s(scale: Scale, folder: Path) -> float:
    """The CPU of starting, loading and validating."""
    costs = [cost_of([*dcsync(), "validate"], SECRETS, folder) for _ in range(scale.rounds)]
    return min(each.cpu_s for each in costs)


def _dcsync(command: str, folder: Path, environ: dict[str, str], *options: str) -> Cost:
    parallelism = f"--parallelism={PARALLELISM}"
    return cost_of([*dcsync(), command, parallelism, *options], environ, folder)


def _calls_row(command: str, run: _Run, expected: int, against: str) -> Row:
    return Row(f"API calls of that {command}", "calls", run.calls, expected, against, most_ratio=1)


def _ideal_s(calls: int, scale: Scale) -> float:
    return math.ceil(calls / PARALLELISM) * scale.latency_s


def _list(scale: Scale) -> Iterator[Row]:
    """Each way in a process of its own, which tells its wall time without start and imports."""
    fleet = Fleet(scale.listed_projects)
    ways = ("dcsync", "sdk", "sdk-pool")
    with cloud_of(fleet, latency_s=scale.latency_s) as cloud:
        rounds = [
            [_listing_s(way, fleet, cloud.environ) for way in ways] for _ in range(scale.rounds)
        ]
    ours, *scripts = map(min, zip(*rounds, strict=True))
    name = f"list {fleet.projects} projects at {scale.latency_s * 1e3:.0f} ms a call, wall"
    for taken, how in zip(scripts, ("one after the other", f"{PARALLELISM} threads"), strict=True):
        yield Row(name, "s", ours, taken, f"a script on the official SDK, {how}")


def _listing_s(way: str, fleet: Fleet, environ: dict[str, str]) -> float:
    command = [PYTHON, "-m", "benchmarks.listing", way, str(fleet.projects), str(PARALLELISM)]
    return float(output_of(command, environ))
