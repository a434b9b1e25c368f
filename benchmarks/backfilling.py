"""Backfill: what an event costs to read, and to deliver, and that memory stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.forwarding import DECLARATION, SECRET
from benchmarks.processes import PYTHON, cost_of, dcsync, output_of, peak_bytes, serving
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.source import PROJECT, source

EVENTS = 2_500
"""Of each device: more than a page, and less than what a window holds."""


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """The command against the bare reading of its pages, and against `requests.post`."""
    (folder / "dcsync.yaml").write_text(DECLARATION, "utf-8")
    yield from _reading(scale, folder)
    yield _delivering(scale, folder)


def backfill(*options: str) -> list[str]:
    """The command, for all that there is."""
    return [*dcsync(), "backfill", f"{PROJECT}/ingest", "--since", "3d", "--auto-approve", *options]


def _reading(scale: Scale, folder: Path) -> Iterator[Row]:
    first, last = scale.backfilled_devices
    bare_us: list[float] = []
    cpu_s: dict[int, list[float]] = {first: [], last: []}
    peaks: dict[int, float] = {}
    for devices in (first, last):
        events = f"--events={EVENTS}"
        with serving("benchmarks.history", f"--devices={devices}", events) as said:
            known = {**json.loads(said), **SECRET}
            for _ in range(scale.rounds):
                cpu_s[devices].append(cost_of(backfill("--dry-run"), known, folder).cpu_s)
                pages = [PYTHON, "-m", "benchmarks.pages", str(devices)]
                bare_us.append(float(output_of(pages, known)))
            peaks[devices] = peak_bytes(backfill("--dry-run"), known, folder) / 1e6
    ours_s = min(cpu_s[last]) - min(cpu_s[first])
    yield Row(
        f"backfill --dry-run of {last * EVENTS:,} events, CPU an event",
        "µs",
        ours_s / ((last - first) * EVENTS) * 1e6,
        min(bare_us),
        "its pages read, and json.loads",
        most_ratio=1.5,
    )
    yield Row(
        f"memory of backfill after {last * EVENTS:,} events",
        "MB",
        peaks[last],
        peaks[first],
        f"after {first * EVENTS:,}: flat",
        most_ratio=1.1,
    )


def _delivering(scale: Scale, folder: Path) -> Row:
    few, many = scale.delivered_events
    cpu_s: dict[int, list[float]] = {few: [], many: []}
    bare_s: dict[int, list[float]] = {few: [], many: []}
    with serving("benchmarks.endpoint") as url, source() as stream:
        for events in (few, many):
            options = ("--devices=10", f"--events={events // 10}")
            with serving("benchmarks.history", *options) as said:
                known = {**json.loads(said), **SECRET}
                command = backfill("--to", url.strip(), "--resume", f"{events}.state")
                posting = [PYTHON, "-m", "benchmarks.posting", str(events), url.strip()]
                for _ in range(scale.rounds):
                    (folder / f"{events}.state").unlink(missing_ok=True)
                    cpu_s[events].append(cost_of(command, known, folder).cpu_s)
                    bare_s[events].append(cost_of(posting, stream).cpu_s)
    return Row(
        "backfill --resume, CPU an event delivered, signed",
        "µs",
        (min(cpu_s[many]) - min(cpu_s[few])) / (many - few) * 1e6,
        (min(bare_s[many]) - min(bare_s[few])) / (many - few) * 1e6,
        "requests.post of as many lines",
        most_ratio=0.5,
    )
