"""Measures everything, prints the table, and keeps it with its chart beside this file.

`python -m benchmarks`; with `--quick` at tiny sizes, kept nowhere. `--only` takes some measures.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import (
    backfilling,
    calling,
    forwarding,
    growing,
    loading,
    memory,
    pacing,
    planning,
    sharding,
    startup,
    streaming,
    terraform,
)
from benchmarks.chart import chart_of
from benchmarks.row import Row
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.table import json_of, text_of

MEASURES: dict[str, Callable[[Scale, Path], Iterator[Row]]] = {
    "startup": startup.measure,
    "loading": loading.measure,
    "planning": planning.measure,
    "calling": calling.measure,
    "pacing": pacing.measure,
    "growing": growing.measure,
    "sharding": sharding.measure,
    "streaming": streaming.measure,
    "forwarding": forwarding.measure,
    "backfilling": backfilling.measure,
    "memory": memory.measure,
    "terraform": terraform.measure,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print, keep."""
    given = _arguments(argv)
    rows = []
    for row in measured(given.only or list(MEASURES), QUICK if given.quick else FULL):
        print(row.name, file=sys.stderr, flush=True)
        rows.append(row)
    print(text_of(rows), end="")
    if given.keep:
        keep(rows, given.keep)


def measured(names: Sequence[str], scale: Scale) -> Iterator[Row]:
    """The rows of these measures, each as soon as it is known."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="dcsync-benchmarks-") as folder:
            yield from MEASURES[name](scale, Path(folder))


def keep(rows: Sequence[Row], folder: Path) -> None:
    """Write the table, the same as JSON, and the chart."""
    for name, text in (
        ("results.txt", text_of(rows)),
        ("results.json", json_of(rows)),
        ("results.svg", chart_of(rows)),
    ):
        (folder / name).write_text(text, "utf-8")


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that it works")
    parser.add_argument("--only", choices=MEASURES, action="append", help="repeatable")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="where the results are written")
    given = parser.parse_args(argv)
    if given.keep is None and not given.quick and not given.only:
        given.keep = Path(__file__).parent
    return given


if __name__ == "__main__":
    main()
