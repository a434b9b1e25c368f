"""Plans and applies declared connectors against the embedded cloud, and waits for nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from dcsync import cloud as api
from dcsync import emulator
from dcsync.apply import Engine, Outcome
from dcsync.cloud.clock import Clock
from dcsync.model import (
    Connector,
    ConnectorPatch,
    Declarations,
    Declared,
    DeclaredProject,
    HttpPushConfig,
    Policy,
    Position,
    Prune,
    field_path,
)
from dcsync.plan import Plan, make, planned_projects

PROJECT = "c0md3pm0p7bet3vico8g"
POSITION = Position("dcsync.yaml", 1, 1)


def declared(name: str, *, url: str = "https://a.example.com/dt", **fields: Any) -> Declared:
    """A declared HTTP connector; `fields` are those of Declared, Connector and HttpPushConfig."""
    own = {key: fields.pop(key) for key in ("ignore_changes", "sync_after") if key in fields}
    own["ignore_changes"] = tuple(map(field_path, own.get("ignore_changes", ())))
    config = {key: fields.pop(key) for key in ("signature_secret", "headers") if key in fields}
    connector: dict[str, Any] = {
        "project_id": PROJECT,
        "data_connector_id": "",
        "display_name": name,
        "type": "HTTP_PUSH",
        "status": "",
        "event_types": (),
        "labels": (),
        "config": HttpPushConfig(url=url, **{"headers": {}, **config}),
        **fields,
    }
    return Declared(f"{connector['project_id']}/{name}", Connector(**connector), POSITION, **own)


@dataclass
class Bench:
    """One project and a client that never sleeps; each settle and each plan is kept."""

    cloud: emulator.Emulator
    client: api.Client
    clock: Clock
    settles: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    stopped: Callable[[], bool] = lambda: False
    during_settle: Callable[[], object] = lambda: None

    def settle(self, why: str) -> None:
        self.settles.append(why)
        self.during_settle()

    def plan(self, *connectors: Declared, prune: Prune = Prune.ALL) -> Plan:
        return self._make(connectors, prune)[0]

    def apply(
        self,
        *connectors: Declared,
        prune: Prune = Prune.ALL,
        behind: Callable[[], object] = lambda: None,
        age_s: float = 0.0,
    ) -> list[Outcome]:
        """Plan, let `behind` interfere, and apply when the listing is `age_s` old."""
        plan, live = self._make(connectors, prune)
        self.plans.append(plan)
        behind()
        return list(self.engine(connectors, live, age_s).run(plan))

    def engine(
        self,
        connectors: Sequence[Declared],
        live: Mapping[str, Sequence[Connector]],
        age_s: float = 0.0,
    ) -> Engine:
        """What carries out a plan that was made from a listing `age_s` ago."""
        return Engine(
            reader=api.Reader(self.client),
            writer=api.Writer(self.client),
            declared=_by_project(connectors),
            live=live,
            listed_at=time.monotonic() - age_s,
            parallelism=4,
            clock=time.monotonic,
            settle=self.settle,
            back_off=self.client.back_off,
            stopped=lambda: self.stopped(),
        )

    def live(self) -> list[dict[str, Any]]:
        return self.cloud.connectors(PROJECT)

    def id_of(self, name: str) -> str:
        """The id of the live connector with a display name."""
        live = next(each for each in self.live() if each["displayName"] == name)
        return str(live["name"]).rpartition("/")[2]

    def patch(self, name: str, patch: ConnectorPatch) -> None:
        """What somebody else does to a connector."""
        api.Writer(self.client).update_data_connector(PROJECT, self.id_of(name), patch)

    def delete(self, data_connector_id: str) -> None:
        """What somebody else deletes."""
        api.Writer(self.client).delete_data_connector(PROJECT, data_connector_id)

    def names(self) -> list[str]:
        return sorted(each["displayName"] for each in self.live())

    def _make(
        self, connectors: Sequence[Declared], prune: Prune
    ) -> tuple[Plan, dict[str, tuple[Connector, ...]]]:
        reader = api.Reader(self.client)
        projects = tuple(
            DeclaredProject(key, key, Policy(prune), tuple(of_project), POSITION)
            for key, of_project in _by_project(connectors).items()
        )
        live = {each.project_id: reader.list_data_connectors(each.project_id) for each in projects}
        planned = planned_projects(Declarations(projects))
        return make(planned, live.items(), now=datetime(2026, 3, 4, tzinfo=UTC)), live


def _by_project(connectors: Sequence[Declared]) -> dict[str, list[Declared]]:
    """The connectors by their project; the one project is there even without any."""
    found: dict[str, list[Declared]] = {} if connectors else {PROJECT: []}
    for each in connectors:
        found.setdefault(each.connector.project_id, []).append(each)
    return found


@pytest.fixture
def bench(cloud: emulator.Emulator) -> Bench:
    """An empty project and everything that applying to it needs."""
    cloud.add_project(display_name="Store Oslo", project_id=PROJECT)
    elapsed = [0.0]
    clock = Clock(
        now_s=lambda: time.monotonic() + sum(elapsed), sleep=elapsed.append, random=lambda: 0.0
    )
    return Bench(cloud, api.connect(cloud.environ, timeout_s=5, clock=clock), clock)
