"""Sharding: a fleet planned in parts, as a CI system's matrix does, against one run over all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import Cost, cost_of, dcsync, output_of
from benchmarks.row import Row
from benchmarks.scale import Scale

CHANGED_EACH = 100
"""One project in so many differs from what is live."""


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """Calls and CPU of a shard. The merged report must be that of one run, or there are no rows.

    There is no rate limit: what it costs in minutes is arithmetic (`pacing`, docs/fleets.md).
    """
    fleet = Fleet(scale.sharded_projects, connectors=1)
    fleet.write(folder)
    _change(folder)
    with cloud_of(fleet) as cloud:
        whole = _plan(folder, cloud.environ, "one")
        calls, costs = [], []
        for number in range(1, scale.shards + 1):
            before = len(cloud.calls)
            shard = f"--shard={number}/{scale.shards}"
            costs.append(_plan(folder, cloud.environ, f"{number}", shard))
            calls.append(len(cloud.calls) - before)
    _check(folder, scale.shards)
    name = f"plan {fleet.projects:,} projects in {scale.shards} shards"
    yield Row(
        f"{name}: API calls of the largest",
        "calls",
        max(calls),
        -(-fleet.projects // scale.shards) + 1,
        "an even share of the projects, and a token",
        most_ratio=1,
        note="the merged report is that of one run",
    )
    yield Row(
        f"{name}: CPU of the largest",
        "s",
        max(each.cpu_s for each in costs),
        whole.cpu_s,
        "one run over all",
        most_ratio=1,
        note="each shard loads all files",
    )


def _change(folder: Path) -> None:
    for path in sorted(folder.glob("*.yaml"))[::CHANGED_EACH]:
        text = path.read_text("utf-8").replace("labels: [name, room]", "labels: [name]")
        path.write_text(text, "utf-8")


def _plan(folder: Path, environ: Mapping[str, str], name: str, *options: str) -> Cost:
    """Into the file of this name."""
    command = [*dcsync(), "plan", "--format=json", "--parallelism=20", *options]
    return cost_of(command, environ, folder, folder / f"{name}.json")


def _check(folder: Path, shards: int) -> None:
    """What is measured must be what it says."""
    names = [f"{number}.json" for number in range(1, shards + 1)]
    merging = [*dcsync(), "report", "merge", "--format=json"]
    merged = json.loads(output_of([*merging, *names], folder=folder))
    whole = json.loads((folder / "one.json").read_text("utf-8"))
    for report in (merged, whole):
        report["operations"].sort(key=lambda each: each["address"])
    assert whole["operations"]
    for part in ("summary", "operations", "unmanaged", "guards", "diagnostics"):
        assert merged[part] == whole[part], part
