"""What a reverse plan holds, over random stores: no secret, and nothing to do before the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from dcsync.arguments import parse
from dcsync.cloud.wire import connector_of
from dcsync.model import (
    Connector,
    Declarations,
    Declared,
    DeclaredProject,
    Policy,
    Prune,
    Secret,
)
from dcsync.options.of_plans import ApplyOptions
from dcsync.plan import Narrowing, make, planned_projects
from dcsync.plan.reverse import roll_back
from dcsync.render.plans.plan_file import read_plan
from dcsync.render.plans.reverse_file import read_reverse
from dcsync.session.plans.planning import Planned, Run
from dcsync.session.reversal.reversing import reverse_plan
from tests.apply.conftest import POSITION, PROJECT, declared

REFERRED = "s3cr3t-that-a-reference-stands-for"


class Store:
    """A random project: its secrets are told apart by their numbers."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.secrets: list[str] = []

    def secret(self) -> str:
        """A new one, or the one with a reference."""
        if self.random.random() < 0.3:
            return REFERRED
        self.secrets.append(f"s3cr3t-{len(self.secrets)}-{self.random.random()}")
        return self.secrets[-1]

    def maybe(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def live(self) -> Iterator[Connector]:
        for number, name in enumerate(self.random.sample("abcdef", 4)):
            yield connector_of(
                {
                    "name": f"projects/{PROJECT}/dataconnectors/dc{number:018}",
                    "displayName": name,
                    "events": self.random.sample(["touch", "co2"], self.random.randint(0, 2)),
                    "labels": [],
                    "status": self.random.choice(["ACTIVE", "USER_DISABLED", "SYSTEM_DISABLED"]),
                    **self.config(),
                }
            )

    def config(self) -> dict[str, Any]:
        if self.maybe(0.2):
            topic = {"topic": f"projects/g/topics/{self.maybe()}", "audience": "x"}
            return {"type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": topic}
        user = f"user:{self.secret()}@" if self.maybe(0.2) else ""
        query = f"?key={self.secret()}" if self.maybe(0.2) else ""
        headers = {f"X-{name}": self.secret() for name in "ABC" if self.maybe(0.3)}
        if self.maybe(0.3):
            headers["Authorization"] = f"Bearer {self.secret()}"
        config = {
            "url": f"https://{user}{self.random.choice('xy')}.example.com/dt{query}",
            "signatureSecret": self.secret() if self.maybe() else "",
            "headers": headers,
        }
        return {"type": "HTTP_PUSH", "httpConfig": config}

    def declared(self) -> Iterator[Declared]:
        for name in self.random.sample("abcdef", 3):
            fields: dict[str, Any] = {"url": f"https://{self.random.choice('xy')}.example.com/dt"}
            if self.maybe():
                fields["signature_secret"] = Secret(REFERRED, "${env:REFERRED}")
            if self.maybe():
                bearer = Secret(f"Bearer {REFERRED}", "…${env:REFERRED}")
                fields["headers"] = {"Authorization": bearer}
            yield declared(name, status=self.random.choice(["", "USER_DISABLED"]), **fields)


@pytest.mark.parametrize("seed", range(15))
def test_it_holds_references_only(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No live secret is in its text; read back on what is live now, it does nothing."""
    monkeypatch.setenv("REFERRED", REFERRED)
    made = Store(seed)
    live = {PROJECT: tuple(made.live())}
    project = DeclaredProject(PROJECT, PROJECT, Policy(Prune.ALL), tuple(made.declared()), POSITION)
    declarations = Declarations((project,))
    now = datetime(2026, 3, 4, tzinfo=UTC)
    plan = make(planned_projects(declarations), live.items(), now=now)
    options = parse(["apply", "--waves", "100%"])
    assert isinstance(options, ApplyOptions)

    back = reverse_plan(
        Planned(plan, live, 0.0), Run(declarations, None, Narrowing(), "", ""), options
    )

    assert back is not None
    for secret in (*made.secrets, REFERRED):
        assert secret not in back.text + "".join(back.lost)
    read_plan(back.text, "back.json")
    reverse = read_reverse(back.text, "back.json", {"REFERRED": REFERRED})
    assert reverse is not None
    undone = make(
        planned_projects(reverse.declarations),
        live.items(),
        now=now,
        planner=roll_back(reverse.formers),
    )
    assert undone.operations == ()
    assert undone.problems == ()
