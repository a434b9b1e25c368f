"""Streaming: what an event costs, and how long it takes to the screen."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import PYTHON, cost_of, cpu_between, dcsync, output_of
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.source import PROJECT, source

_DECLARATION = """\
dcsync: 1
project: {project_id}
policy: {{prune: none}}
connectors:
  ingest:
    config: {{url: https://ingest.example.com}}
"""


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """The library and the command against reading, then the way of an event."""
    watched = declared(folder / "streaming")
    with source() as environ:
        yield from _costs(scale, watched, environ)
    with source(scale.events_per_second) as environ:
        yield from _latency(scale, watched, environ)
    yield _idle(scale, folder / "idle")


def declared(folder: Path, *project_ids: str) -> Path:
    """The folder, with declarations that watch everything the source sends of the projects."""
    folder.mkdir(exist_ok=True)
    for project_id in project_ids or (PROJECT,):
        text = _DECLARATION.format(project_id=project_id)
        (folder / f"{project_id}.yaml").write_text(text, "utf-8")
    return folder


def watch(count: int) -> list[str]:
    """The command that ends after so many events."""
    return [*dcsync(), "watch", "--format=json", f"--count={count}"]


def _costs(scale: Scale, watched: Path, environ: dict[str, str]) -> Iterator[Row]:
    ways = ("dcsync", "sdk", "dcsync-looked-at", "sdk-looked-at", "bare")
    rounds = [
        (
            *(_reading_us(way, scale.events, environ) for way in ways),
            cost_of(watch(scale.events // 10), environ, watched).cpu_s,
            cost_of(watch(scale.events), environ, watched).cpu_s,
        )
        for _ in range(scale.rounds)
    ]
    least = [min(column) for column in zip(*rounds, strict=True)]
    ours, sdk, ours_looked_at, sdk_looked_at, bare, few, many = least
    name, against = "dt.Stream.event_stream, CPU an event", "the official SDK 1.7.3"
    yield Row(name, "µs", ours, sdk, against, most_ratio=1 / 6)
    yield Row(f"{name}, its data looked at", "µs", ours_looked_at, sdk_looked_at, against)
    yield Row(
        "watch --format json, CPU an event",
        "µs",
        (many - few) / (scale.events - scale.events // 10) * 1e6,
        bare,
        "64 KiB pieces and json.loads a line",
        most_ratio=1.5,
    )


def _reading_us(way: str, count: int, environ: dict[str, str]) -> float:
    return float(output_of([PYTHON, "-m", "benchmarks.reading", way, str(count)], environ))


def _idle(scale: Scale, folder: Path) -> Row:
    """Seconds in which nothing comes but pings, once all streams are open."""
    fleet = Fleet(scale.watched_projects, connectors=1)
    fleet.write(folder)
    name = f"CPU of a second of watching {fleet.projects} projects in which nothing happens"
    with cloud_of(fleet) as cloud:
        cpu_s = cpu_between(scale.idle_s, [*dcsync(), "watch"], cloud.environ, folder)
    if cpu_s is None:
        return Row(name, "ms", None, note="only on Linux")
    return Row(name, "ms", cpu_s / (scale.idle_s[1] - scale.idle_s[0]) * 1e3)


def _latency(scale: Scale, watched: Path, environ: dict[str, str]) -> Iterator[Row]:
    ways = sorted(_ways_ms(scale.timed_events, watched, environ))
    name = f"an event's way from socket to standard output at {scale.events_per_second:,} a second"
    yield Row(f"{name}, p50", "ms", ways[len(ways) // 2])
    yield Row(f"{name}, p99", "ms", ways[len(ways) * 99 // 100], most_value=10)


def _ways_ms(count: int, watched: Path, environ: dict[str, str]) -> list[float]:
    """How long each event took; the first tenth, in which the watch starts, is left out."""
    with subprocess.Popen(
        watch(count),
        cwd=watched,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        seen = [(time.monotonic_ns(), line) for line in process.stdout]
    return [(at - int(json.loads(line)["eventId"])) / 1e6 for at, line in seen[count // 10 :]]
