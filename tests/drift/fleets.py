"""Random fleets: what was applied, what is declared by now, and a cloud that was left alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dcsync.model import (
    Connector,
    Declarations,
    Declared,
    DeclaredProject,
    GoogleCloudPubsubConfig,
    HttpPushConfig,
    Policy,
    Position,
    Prune,
    Secret,
)
from dcsync.model.path import CONFIG, LABELS
from dcsync.plan import as_created, planned_projects, retired
from dcsync.plan.make import bring_in_sync
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.operations import Blocked, Create, Delete, Replace, Update

PROJECT = "c0md3pm0p7bet3vico8g"
HERE = Position("dcsync.yaml", 1, 1)
EVENTS = ("touch", "temperature", "co2")
X_ENV = CONFIG.below("headers", "X-Env")
NAMES = ("Ingest", "Archive", "Billing", "Étage 2", "ingest")


def declared(address: str, connector: Connector, **more: Any) -> Declared:
    return Declared(f"oslo/{address}", connector, HERE, **more)


def connector(chance: random.Random, name: str, status: str = "") -> Connector:
    config = (
        HttpPushConfig(
            url=f"https://{chance.choice('abc')}.example.com/{name.lower()}",
            signature_secret=chance.choice([Secret("one"), Secret("two"), Secret("")]),
            headers={
                key: Secret(chance.choice(["x", "y"]))
                for key in chance.sample(["X-Env", "X-Key"], chance.randint(0, 2))
            },
        )
        if chance.random() < 0.8
        else GoogleCloudPubsubConfig(topic=f"projects/g/topics/{name}", audience="//iam/a")
    )
    return Connector(
        PROJECT,
        "",
        name,
        config.type,
        status or chance.choice(["", "ACTIVE", "USER_DISABLED"]),
        tuple(chance.sample(EVENTS, chance.randint(0, 3))),
        tuple(chance.sample(["name", "room"], chance.randint(0, 2))),
        config,
    )


def revision(*connectors: Declared, prune: Prune = Prune.ALL) -> Declarations:
    policy = Policy(prune, max_deletes=99)
    return Declarations((DeclaredProject(PROJECT, "oslo", policy, connectors, HERE),))


def applied_revision(chance: random.Random) -> Declarations:
    names = chance.sample(NAMES, chance.randint(0, 4))
    ignored = ((X_ENV,), (LABELS,), ())
    return revision(
        *(
            declared(str(number), connector(chance, name), ignore_changes=chance.choice(ignored))
            for number, name in enumerate(names)
        ),
        prune=chance.choice(list(Prune)),
    )


def next_revision(chance: random.Random, before: Declarations) -> Declarations:
    """The same with some connectors changed, renamed, removed and added."""
    project = before.projects[0]
    kept = [each for each in project.connectors if chance.random() < 0.8]
    taken = {each.connector.display_name for each in project.connectors}
    after = []
    for each in kept:
        name = each.connector.display_name
        if chance.random() < 0.3 and (free := [n for n in NAMES if n not in taken]):
            name = chance.choice(free)
            taken.add(name)
        changed = connector(chance, name) if chance.random() < 0.5 else each.connector
        after.append(replace(each, connector=replace(changed, display_name=name)))
    if free := [n for n in NAMES if n not in taken]:
        after.append(declared("new", connector(chance, chance.choice(free))))
    return revision(*after, prune=project.policy.prune)


def cloud_of(declarations: Declarations) -> dict[str, Connector]:
    """What an apply of the revision leaves in an empty cloud, by id."""
    found = [as_created(each.connector) for each in declarations.projects[0].connectors]
    return {
        f"id{number}": replace(each, data_connector_id=f"id{number}")
        for number, each in enumerate(found)
    }


def apply_partly(
    chance: random.Random,
    live: dict[str, Connector],
    declarations: Declarations,
    previous: Declarations,
) -> None:
    """Carry out some of what an apply of `declarations` would do, the replaces half-way too."""
    [planned] = planned_projects(declarations, previous)
    by_address = {each.address: each for each in planned.declared.connectors}
    operations = bring_in_sync(planned, sorted(live.values(), key=str), WHOLE).operations
    for number, each in enumerate(operations):
        if chance.random() < 0.5:
            continue
        wanted = by_address.get(each.address)
        match each:
            case Create() if wanted:
                live[f"new{number}"] = replace(
                    as_created(wanted.connector), data_connector_id=f"new{number}"
                )
            case Update() if wanted:
                live[each.data_connector_id] = _updated(live[each.data_connector_id], wanted)
            case Replace() if wanted:
                old = live[each.data_connector_id]
                live[each.data_connector_id] = replace(
                    old, display_name=retired(wanted.connector.display_name)
                )
                if chance.random() < 0.7:
                    made = replace(as_created(wanted.connector), data_connector_id=f"re{number}")
                    live[f"re{number}"] = made
                    if chance.random() < 0.7:
                        del live[each.data_connector_id]
            case Delete():
                del live[each.data_connector_id]
            case Blocked():
                pass
            case _:
                raise AssertionError(each)


def _updated(live: Connector, wanted: Declared) -> Connector:
    """All that is declared, as one who is not told to leave it to others would set it."""
    new = wanted.connector
    kept = set(wanted.ignore_changes)
    config = new.config
    if isinstance(config, HttpPushConfig) and isinstance(live.config, HttpPushConfig):
        headers = {k: v for k, v in (config.headers or {}).items() if k != "X-Env"}
        others = live.config.headers or {}
        if X_ENV not in kept:
            headers = dict(config.headers or {})
        elif "X-Env" in others:
            headers["X-Env"] = others["X-Env"]
        secret = config.signature_secret
        config = HttpPushConfig(
            url=config.url,
            signature_secret=live.config.signature_secret if secret is None else secret,
            headers=headers,
        )
    return replace(
        live,
        display_name=new.display_name,
        status=new.status or live.status,
        event_types=new.event_types,
        labels=live.labels if LABELS in kept else new.labels,
        config=config,
    )


Tampering = Callable[[random.Random, dict[str, Connector]], bool]


def _pick(chance: random.Random, live: dict[str, Connector]) -> Connector | None:
    http = [e for e in live.values() if isinstance(e.config, HttpPushConfig)]
    return chance.choice(http) if http else None


def _change_events(chance: random.Random, live: dict[str, Connector]) -> bool:
    if found := _pick(chance, live):
        live[found.data_connector_id] = replace(found, event_types=("motion",))
    return bool(found)


def _change_url(chance: random.Random, live: dict[str, Connector]) -> bool:
    found = _pick(chance, live)
    if found and isinstance(found.config, HttpPushConfig):
        config = replace(found.config, url="https://elsewhere.example.com")
        live[found.data_connector_id] = replace(found, config=config)
    return bool(found)


def _change_secret(chance: random.Random, live: dict[str, Connector]) -> bool:
    found = _pick(chance, live)
    if found and isinstance(found.config, HttpPushConfig):
        config = replace(found.config, signature_secret=Secret("forged"))
        live[found.data_connector_id] = replace(found, config=config)
    return bool(found)


def _rename(chance: random.Random, live: dict[str, Connector]) -> bool:
    if found := _pick(chance, live):
        live[found.data_connector_id] = replace(found, display_name="By hand")
    return bool(found)


def _delete(chance: random.Random, live: dict[str, Connector]) -> bool:
    if found := _pick(chance, live):
        del live[found.data_connector_id]
    return bool(found)


def _create(chance: random.Random, live: dict[str, Connector]) -> bool:
    made = replace(connector(chance, "Console", "ACTIVE"), data_connector_id="hand")
    live["hand"] = made
    return True


TAMPERINGS: tuple[Tampering, ...] = (
    _change_events,
    _change_url,
    _change_secret,
    _rename,
    _delete,
    _create,
)
"""What somebody may do in the console; False where there is nothing to do it to."""
