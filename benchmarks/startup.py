"""Start-up: how long a user waits for the smallest thing dcsync can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.processes import PYTHON, cost_of, dcsync
from benchmarks.row import Row
from benchmarks.scale import Scale


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """`dcsync --version` and an empty Python program, in turn."""
    pairs = [
        (
            cost_of([*dcsync(), "--version"], folder=folder).wall_s,
            cost_of([PYTHON, "-c", "pass"], folder=folder).wall_s,
        )
        for _ in range(scale.starts)
    ]
    ours, empty = (min(each) * 1e3 for each in zip(*pairs, strict=True))
    yield Row("start: dcsync --version, wall", "ms", ours, empty, "python -c pass", most_ratio=3)
