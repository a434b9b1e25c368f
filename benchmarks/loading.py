"""Loading: files to checked declarations, against nothing but parsing the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from benchmarks.fleet import SECRETS, Fleet
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.timing import best_cpu_s
from dcsync import declare


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """The ratio at one size, and the cost a connector at several."""
    loads = loading_of(Fleet.of(scale.connectors), folder / "loading")
    parses = _parsing_of(folder / "loading")
    ours, bare = best_cpu_s(scale.rounds, loads, parses)
    files = scale.connectors // 10
    yield Row(
        f"load and validate {scale.connectors:,} connectors in {files:,} files, CPU",
        "ms",
        ours * 1e3,
        bare * 1e3,
        "yaml.load(…, CSafeLoader) of the same bytes",
        most_ratio=2,
    )
    yield linear("load: CPU a connector", "µs", _costs(scale, folder))


def loading_of(fleet: Fleet, folder: Path) -> Callable[[], object]:
    """Loads the fleet, which is written to the folder first."""
    fleet.write(folder)
    return lambda: declare.load([folder], environ=SECRETS)


def linear(name: str, unit: str, costs: Iterator[tuple[int, float]]) -> Row:
    """A cost each at several sizes: at the largest it is about what it was at the second."""
    series = tuple(costs)
    (few, small), (many, large) = series[1], series[-1]
    return Row(
        f"{name} at {many:,} against {few:,}",
        unit,
        large,
        small,
        f"at {few:,}: linear",
        most_ratio=1.5,
        series=series,
    )


def _parsing_of(folder: Path) -> Callable[[], object]:
    texts = [path.read_bytes() for path in sorted(folder.glob("*.yaml"))]
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return lambda: [yaml.load(text, loader) for text in texts]  # noqa: S506 - a safe loader


def _costs(scale: Scale, folder: Path) -> Iterator[tuple[int, float]]:
    loads = [loading_of(Fleet.of(size), folder / f"loading-{size}") for size in scale.sizes]
    costs = best_cpu_s(scale.rounds, *loads)
    return ((size, cost / size * 1e6) for size, cost in zip(scale.sizes, costs, strict=True))
