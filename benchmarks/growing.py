"""Whole commands over fleets of two sizes: what a project costs must not grow with their number."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import cost_of, dcsync
from benchmarks.row import Row
from benchmarks.scale import Scale

SHARDS = 2
COMMANDS = {
    "validate": ("validate",),
    "plan": ("plan",),
    f"plan --shard 1/{SHARDS}": ("plan", f"--shard=1/{SHARDS}"),
    "plan --base": ("plan", "--base=HEAD~1"),
    "plan --changed-since": ("plan", "--changed-since=HEAD~1"),
    "drift": ("drift", "--applied=HEAD"),
    "status --format html": ("status", "--format=html"),
}
CHANGED_EACH = 3
"""One file in so many differs from the revision before."""


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """CPU a project of each command, its start aside; a quadratic one takes four times as much."""
    few, many = scale.growing_projects
    small, large = (_costs_us(number, folder / str(number)) for number in scale.growing_projects)
    for name in COMMANDS:
        yield Row(
            f"{name}: CPU a project at {many:,} against {few:,}",
            "µs",
            large[name],
            small[name],
            f"at {few:,}: linear",
            most_ratio=1.5,
        )


def _costs_us(projects: int, folder: Path) -> Mapping[str, float]:
    fleet = Fleet(projects, connectors=1)
    fleet.write(folder)
    _commit(folder, "--message=One")
    for path in sorted(folder.glob("*.yaml"))[::CHANGED_EACH]:
        path.write_text(f"{path.read_text('utf-8')}    status: ACTIVE\n", "utf-8")
    _commit(folder, "--message=Two")
    with cloud_of(fleet) as cloud:
        costs = {
            name: cost_of([*dcsync(), *words], cloud.environ, folder).cpu_s
            for name, words in COMMANDS.items()
        }
    start_s = cost_of([*dcsync(), "schema"]).cpu_s
    return {name: (cost - start_s) / projects * 1e6 for name, cost in costs.items()}


def _commit(folder: Path, *options: str) -> None:
    author = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com")
    for words in (["init"], ["add", "--all"], [*author, "commit", *options]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
