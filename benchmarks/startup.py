"""Start-up: how long a user waits for the smallest things dcsync can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.cloud import cloud_of
from benchmarks.fleet import Fleet
from benchmarks.processes import PYTHON, ROOT, cost_of, dcsync
from benchmarks.row import Row
from benchmarks.scale import Scale

SCRIPT = """
from benchmarks.sdk import official

dt = official()
for connector in dt.DataConnector.list_data_connectors("{project}"):
    print(connector.display_name, connector.status, connector.config.url)
"""
"""What people write who only want to see the connectors of a project."""


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """`--version` against an empty program, a plan against a script; in turn."""
    yield _version(scale, folder)
    yield from _plan(scale, folder)


def _version(scale: Scale, folder: Path) -> Row:
    pairs = [
        (
            cost_of([*dcsync(), "--version"], folder=folder).wall_s,
            cost_of([PYTHON, "-c", "pass"], folder=folder).wall_s,
        )
        for _ in range(scale.starts)
    ]
    ours, empty = (min(each) * 1e3 for each in zip(*pairs, strict=True))
    return Row("start: dcsync --version, wall", "ms", ours, empty, "python -c pass", most_ratio=3)


def _plan(scale: Scale, folder: Path) -> Iterator[Row]:
    fleet = Fleet(1)
    fleet.write(folder / "one")
    script = [PYTHON, "-c", SCRIPT.format(project=fleet.project_ids[0])]
    with cloud_of(fleet) as cloud:
        costs = [
            (
                cost_of([*dcsync(), "plan"], cloud.environ, folder / "one"),
                cost_of(script, cloud.environ, ROOT),
                cost_of([PYTHON, "-c", "import requests, yaml"]),
            )
            for _ in range(scale.starts)
        ]
    yield _against_script("wall", [tuple(each.wall_s for each in cost) for cost in costs])
    yield _against_script("CPU", [tuple(each.cpu_s for each in cost) for cost in costs])


def _against_script(what: str, costs_s: Sequence[tuple[float, ...]]) -> Row:
    ours, script, libraries = (min(each) * 1e3 for each in zip(*costs_s, strict=True))
    return Row(
        f"plan with nothing to do, 1 project of 10 connectors, {what}",
        "ms",
        ours,
        script,
        "a script on the official SDK that lists the same project",
        most_ratio=1.0,
        note=f"{libraries:.0f} ms of it to import requests and yaml",
    )
