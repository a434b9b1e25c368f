"""The end of what is declared: a delete for each declared connector that is live, and no other."""

from __future__ import annotations

from dataclasses import replace

from dcsync.model import (
    Connector,
    Declared,
    DeclaredProject,
    HttpPushConfig,
    Policy,
    Position,
    Prune,
)
from dcsync.plan import Blocked, Delete, Narrowing, PlannedProject
from dcsync.plan.costs import DELETED
from dcsync.plan.destroy import destroy
from dcsync.plan.make import ProjectPlan
from dcsync.plan.narrowing import WHOLE

PROJECT = "c0md3pm0p7bet3vico8g"
HERE = Position("declared.yaml", 1, 1)


def connector(name: str, number: int) -> Connector:
    config = HttpPushConfig(url=f"https://{name.lower()}.example.com")
    return Connector(
        project_id=PROJECT,
        data_connector_id=f"dc0md3pm0p7bet3vic{number:02}",
        display_name=name,
        type="HTTP_PUSH",
        status="ACTIVE",
        event_types=("touch",),
        labels=(),
        config=config,
    )


LIVE = [connector("Ingest", 1), connector("Billing", 2), connector("Elsewhere", 3)]


def destroyed(live: list[Connector], narrowing: Narrowing = WHOLE) -> ProjectPlan:
    declared = tuple(
        Declared(f"oslo/{each.display_name.lower()}", replace(each, data_connector_id=""), HERE)
        for each in LIVE[:2]
    )
    policy = Policy(Prune.ALL, protect=("Billing",))
    project = DeclaredProject(PROJECT, "oslo", policy, declared, HERE)
    return destroy(PlannedProject(project), live, narrowing)


def test_what_is_declared_and_live_is_deleted() -> None:
    """By its id; what is protected is blocked and comes last, what nobody declares is left."""
    plan = destroyed(LIVE[::-1])

    assert [(type(each), each.address) for each in plan.operations] == [
        (Delete, "oslo/ingest"),
        (Blocked, "oslo/billing"),
    ]
    delete = plan.operations[0]
    assert isinstance(delete, Delete)
    assert (delete.project_id, delete.project_key) == (PROJECT, "oslo")
    assert (delete.data_connector_id, delete.source) == (LIVE[0].data_connector_id, HERE)
    assert delete.warnings == (DELETED,)
    assert [each.data_connector_id for each in plan.unmanaged] == [LIVE[2].data_connector_id]


def test_what_is_not_live_needs_no_delete() -> None:
    """Nothing is planned for it."""
    assert [each.address for each in destroyed(LIVE[1:]).operations] == ["oslo/billing"]


def test_a_narrowed_run_deletes_what_it_names() -> None:
    """The others are as if they were not declared."""
    found = destroyed(LIVE, Narrowing(addresses=("oslo/ingest",)))

    assert [each.address for each in found.operations] == ["oslo/ingest"]


def test_two_of_a_name_are_nobody_to_delete() -> None:
    """Which one is declared is not known: nothing is deleted, and both are named."""
    twin = replace(LIVE[0], data_connector_id="dc0md3pm0p7bet3vic09")
    found = destroyed([*LIVE, twin])

    assert found.operations == ()
    assert LIVE[0].data_connector_id in found.remarks[0].message
    assert twin.data_connector_id in found.remarks[0].message
