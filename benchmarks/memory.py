"""Memory: the most that plan and watch hold, as fleets grow and events pass by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import dcsync, peak_bytes
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.source import source
from benchmarks.streaming import declared, watch

MB = 1e6


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """Plan grows with the fleet; watch does not grow."""
    yield _plan(scale, folder)
    yield _plan_as_json(scale, folder / "as-json")
    yield _watch(scale, folder)
    yield _watch_many(scale, folder)


def _plan(scale: Scale, folder: Path) -> Row:
    """Growth from the second size to the last, against that to the third one."""
    peaks = [_peak_of_plan(size, folder / f"memory-{size}") / MB for size in scale.memory_sizes]
    _, small, middle, large = scale.memory_sizes
    each_at_first = (peaks[2] - peaks[1]) / (middle - small)
    each_in_all = (peaks[3] - peaks[1]) / (large - small)
    return Row(
        f"memory of plan at {large:,} connectors, for each",
        "kB",
        each_in_all * 1e3,
        each_at_first * 1e3,
        f"at {middle:,}: linear",
        most_ratio=1.1,
        series=tuple(zip(scale.memory_sizes, peaks, strict=True)),
        note="peaks in MB",
    )


def _plan_as_json(scale: Scale, folder: Path) -> Row:
    """Of a fleet that is to be created: every operation is printed."""
    size = scale.memory_sizes[-1]
    fleet = Fleet.of(size)
    fleet.write(folder)
    plan = [*dcsync(), "plan", "--parallelism=20"]
    with cloud_of(fleet, is_live=False) as cloud:
        text, json = (
            peak_bytes([*plan, "--format", form], cloud.environ, folder) / MB
            for form in ("text", "json")
        )
    return Row(
        f"memory of plan --format json with {size:,} creates",
        "MB",
        json,
        text,
        "--format text",
        most_ratio=1.3,
    )


def _peak_of_plan(connectors: int, folder: Path) -> int:
    fleet = Fleet.of(connectors)
    fleet.write(folder)
    with cloud_of(fleet) as cloud:
        return peak_bytes([*dcsync(), "plan", "--parallelism=20"], cloud.environ, folder)


def _watch(scale: Scale, folder: Path) -> Row:
    with source() as environ:
        return _flat("watch", scale.memory_events, environ, declared(folder / "watch"))


def _watch_many(scale: Scale, folder: Path) -> Row:
    """At a rate, not as fast as possible: how much waits in each stream is not the question."""
    ids = [f"c{number:019}" for number in range(scale.watched_projects)]
    name = f"watching {len(ids)} projects"
    with source(scale.watched_rate, devices=2) as environ:
        return _flat(name, scale.watched_events, environ, declared(folder / "many", *ids))


def _flat(name: str, counts: tuple[int, int], environ: dict[str, str], folder: Path) -> Row:
    few, many = (peak_bytes(watch(count), environ, folder) / MB for count in counts)
    first, last = counts
    return Row(
        f"memory of {name} after {last:,} events",
        "MB",
        many,
        few,
        f"after {first:,}: flat",
        most_ratio=1.1,
    )
