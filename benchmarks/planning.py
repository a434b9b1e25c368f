"""Planning: the pure function alone, against comparing the same data as plain dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fleet import SECRETS, Fleet
from benchmarks.loading import linear
from benchmarks.row import Row
from benchmarks.scale import Scale
from benchmarks.timing import best_cpu_s
from dcsync import declare, plan
from dcsync.cloud.wire import connector_of
from dcsync.model import Connector, Declarations


def measure(scale: Scale, folder: Path) -> Iterator[Row]:
    """The cost a connector at one size against `==`, and at several sizes."""
    fleet = Fleet.of(scale.connectors)
    works = planning_of(fleet, folder / "planning"), _comparing_of(fleet)
    ours, bare = best_cpu_s(3 * scale.rounds, *works)
    yield Row(
        f"plan {scale.connectors:,} connectors, 1 % changed, CPU a connector",
        "µs",
        ours / scale.connectors * 1e6,
        bare / scale.connectors * 1e6,
        "dict == over the same data",
        most_value=50,
    )
    yield linear("plan: CPU a connector", "µs", _costs(scale, folder))


def planning_of(fleet: Fleet, folder: Path) -> Callable[[], object]:
    """Plans the fleet against a cloud where 1 connector in 100 differs."""
    fleet.write(folder)
    declarations = declare.load([folder], environ=SECRETS)
    live = _live(fleet)
    _check(declarations, live, changed=-(-fleet.projects * fleet.connectors // 100))
    return lambda: _plan(declarations, live)


def _plan(declarations: Declarations, live: Mapping[str, tuple[Connector, ...]]) -> plan.Plan:
    projects = plan.planned_projects(declarations)
    return plan.make(projects, live.items(), now=datetime(2026, 3, 4, tzinfo=UTC))


def _check(
    declarations: Declarations, live: Mapping[str, tuple[Connector, ...]], changed: int
) -> None:
    """What is measured must be what it says."""
    found = _plan(declarations, live)
    assert (found.count("update"), len(found.operations)) == (changed, changed)


def _live(fleet: Fleet) -> dict[str, tuple[Connector, ...]]:
    live: dict[str, tuple[Connector, ...]] = {}
    count = 0
    for project in fleet.seed()["projects"]:
        connectors = []
        for resource in project["connectors"]:
            name = f"projects/{project['id']}/dataconnectors/d{count:019}"
            connector = connector_of({**resource, "name": name})
            changed = replace(connector, labels=("name",)) if count % 100 == 0 else connector
            connectors.append(changed)
            count += 1
        live[project["id"]] = tuple(connectors)
    return live


def _comparing_of(fleet: Fleet) -> Callable[[], object]:
    one = [each for project in fleet.seed()["projects"] for each in project["connectors"]]
    other = deepcopy(one)
    for changed in other[::100]:
        changed["labels"] = ["name"]
    return lambda: [a == b for a, b in zip(one, other, strict=True)]


def _costs(scale: Scale, folder: Path) -> Iterator[tuple[int, float]]:
    plans = [planning_of(Fleet.of(size), folder / f"planning-{size}") for size in scale.sizes]
    costs = best_cpu_s(scale.rounds, *plans)
    return ((size, cost / size * 1e6) for size, cost in zip(scale.sizes, costs, strict=True))
