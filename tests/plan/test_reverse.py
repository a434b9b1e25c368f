"""The way back of one project: what is planned for each state in which the run may have left it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dcsync.model import (
    Connector,
    Declared,
    DeclaredProject,
    HttpPushConfig,
    Policy,
    Position,
    Prune,
)
from dcsync.model.path import CONFIG, DISPLAY_NAME, FieldPath
from dcsync.plan import Blocked, Operation, PlannedProject
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.reverse import Former, Made, Restored, roll_back

PROJECT = "c0md3pm0p7bet3vico8g"
HERE = Position("reverse.json", 1, 1)
URL = CONFIG.below("url")
NOTHING_LEFT = "somebody has deleted it since, so there is nothing to restore"


def connector(name: str, data_connector_id: str, url: str = "https://a.example.com") -> Connector:
    return Connector(
        project_id=PROJECT,
        data_connector_id=data_connector_id,
        display_name=name,
        type="HTTP_PUSH",
        status="ACTIVE",
        event_types=("touch",),
        labels=(),
        config=HttpPushConfig(url=url),
    )


def of_type(kind: str, name: str, data_connector_id: str) -> Connector:
    return replace(connector(name, data_connector_id), type=kind, config=None)


def restored(name: str, data_connector_id: str, *paths: FieldPath, after: str = "") -> Restored:
    """What the run changed at these paths, or deleted where there are none."""
    declared = Declared(f"oslo/{data_connector_id}", connector(name, data_connector_id), HERE)
    return Restored(declared, paths or None, dict.fromkeys(paths, after))


def made(name: str) -> Made:
    return Made(Declared("oslo/new", connector(name, ""), HERE), {URL: "https://a.example.com"})


GONE = restored("Ingest", "id1")


def words(operation: Operation) -> str:
    """An operation in a line: the action, the connector, and why it is blocked."""
    what = f"{operation.action} {operation.data_connector_id or 'new'}"
    if isinstance(operation, Blocked):
        return f"{what}: {operation.wanted}: {operation.reason}: {operation.warnings[0]}"
    return what


def back(former: Former, *live: Connector) -> list[str]:
    project = DeclaredProject(PROJECT, "oslo", Policy(Prune.NONE), (), HERE)
    plan = roll_back({PROJECT: former})(PlannedProject(project), live, WHOLE)
    return [words(each) for each in plan.operations]


@pytest.mark.parametrize(
    ("holder", "found"),
    [
        (connector("Ingest", "id1"), []),
        (connector("Other", "id9"), ["create new"]),
        (
            of_type("NEW", "Ingest", "id9"),
            ["blocked new: create: name taken: id9 has this name now"],
        ),
        (connector("Ingest", "new"), []),
        (connector("Ingest", "new", "https://b.example.com"), ["update new"]),
        (connector("Ingest", "id2"), ["blocked new: create: name taken: id2 has this name now"]),
    ],
)
def test_what_the_run_deleted_is_created_where_its_name_is_free(
    holder: Connector, found: list[str]
) -> None:
    """One of its name and type that came since the run began is taken for it."""
    assert back(Former(frozenset({"id1", "id2", "id9"}), (GONE,), ()), holder) == found


def test_a_name_is_free_where_its_holder_is_renamed_back() -> None:
    """Which is planned too; a holder of which other fields are put back keeps the name."""
    live = connector("Ingest", "id2")
    known = frozenset({"id1", "id2"})
    renamed = restored("Second", "id2", DISPLAY_NAME, after="Ingest")
    moved = restored("Ingest", "id2", URL, after="https://a.example.com")

    assert back(Former(known, (GONE, renamed), ()), live) == ["update id2", "create new"]
    assert back(Former(known, (GONE, moved), ()), live) == [
        "blocked new: create: name taken: id2 has this name now"
    ]


def test_a_name_is_free_where_its_holder_goes() -> None:
    """The run replaced it by another type."""
    live = of_type("NEW", "Ingest", "new")
    declared = Declared("oslo/new", replace(live, data_connector_id=""), HERE)
    former = Former(frozenset({"id1"}), (GONE,), (Made(declared, {}),))

    assert back(former, live) == ["create new", "delete new"]


@pytest.mark.parametrize(
    ("live", "found"),
    [
        ([], []),
        ([connector("Ingest", "id1")], []),
        ([connector("Ingest", "new")], ["delete new"]),
        ([connector("Billing", "new")], []),
        ([of_type("NEW", "Ingest", "new")], []),
        (
            [connector("Ingest", "new", "https://b.example.com")],
            ["blocked new: delete: changed since: somebody has changed config.url since"],
        ),
        (
            [connector("Ingest", "new"), connector("Ingest", "two")],
            ["blocked new: delete: ambiguous: more than one new connector has this name: new, two"],
        ),
    ],
)
def test_what_the_run_made_goes(live: list[Connector], found: list[str]) -> None:
    """If it is certainly that: new, of the same name and type, and as it was made."""
    assert back(Former(frozenset({"id1"}), (), (made("Ingest"),)), *live) == found


@pytest.mark.parametrize(
    ("live", "found"),
    [
        ([], [f"blocked id1: update: gone: {NOTHING_LEFT}"]),
        ([connector("Ingest", "id1")], []),
        ([connector("Ingest", "id1", "https://b.example.com")], ["update id1"]),
        (
            [connector("Ingest", "id1", "https://c.example.com")],
            ["blocked id1: update: changed since: somebody has changed config.url since"],
        ),
        ([connector("Another name", "id1")], []),
    ],
)
def test_what_the_run_changed_is_changed_back(live: list[Connector], found: list[str]) -> None:
    """If it is as the run has left it; what the run did not change is left to others."""
    changed = restored("Ingest", "id1", URL, after="https://b.example.com")

    assert back(Former(frozenset({"id1"}), (changed,), ()), *live) == found
