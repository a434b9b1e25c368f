"""Forwarding: what a delivery costs, how many there are in a second, and that memory stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import PYTHON, Cost, cost_of, dcsync, peak_bytes, serving
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.source import PROJECT, source

DECLARATION = f"""\
dcsync: 1
project: {PROJECT}
policy: {{prune: none}}
connectors:
  ingest:
    labels: [name]
    config:
      url: https://ingest.example.com
      signature_secret: ${{env:BENCHMARK_SECRET}}
      headers: {{X-Env: benchmark}}
"""
SECRET = {"BENCHMARK_SECRET": "a secret of these benchmarks and of nothing else"}


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """The command against a loop of `requests.post`, into the same endpoint."""
    (folder / "dcsync.yaml").write_text(DECLARATION, "utf-8")
    with source() as environ, serving("benchmarks.endpoint") as url:
        known = {**environ, **SECRET}
        yield from _costs(scale, folder, known, url.strip())
        yield _memory(scale, folder, known, url.strip())


def forward(count: int, url: str) -> list[str]:
    """The command that ends after so many deliveries."""
    return [*dcsync(), "watch", f"--count={count}", "--forward-to", url]


def _costs(scale: Scale, folder: Path, environ: dict[str, str], url: str) -> Iterator[Row]:
    few, many = scale.forwarded_events
    commands = (
        forward(few, url),
        forward(many, url),
        [PYTHON, "-m", "benchmarks.posting", str(few), url],
        [PYTHON, "-m", "benchmarks.posting", str(many), url],
    )
    rounds = [
        [cost_of(command, environ, folder) for command in commands] for _ in range(scale.rounds)
    ]
    cheapest = [min(column, key=_cpu_s) for column in zip(*rounds, strict=True)]
    ours_us, bare_us = (
        (last.cpu_s - first.cpu_s) / (many - few) * 1e6
        for first, last in (cheapest[:2], cheapest[2:])
    )
    yield Row(
        "watch --forward-to, CPU an event, signed",
        "µs",
        ours_us,
        bare_us,
        "requests.post of the same lines",
        most_ratio=0.5,
    )
    walls_s = [(round[1].wall_s - round[0].wall_s) / (many - few) * 1e3 for round in rounds]
    yield Row("watch --forward-to, wall of 1,000 events", "s", min(walls_s), most_value=1.0)


def _cpu_s(cost: Cost) -> float:
    return cost.cpu_s


def _memory(scale: Scale, folder: Path, environ: dict[str, str], url: str) -> Row:
    first, last = scale.forwarded_events[1], scale.forwarded_most
    few, many = (peak_bytes(forward(count, url), environ, folder) / 1e6 for count in (first, last))
    return Row(
        f"memory of watch --forward-to after {last:,} events",
        "MB",
        many,
        few,
        f"after {first:,}: flat",
        most_ratio=1.1,
    )
