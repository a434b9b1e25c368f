"""Fleets that are found in the cloud."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dcsync import declare
from dcsync.declare import Discovery, FoundProject
from dcsync.declare.files import documents
from dcsync.errors import DeclarationError
from dcsync.model import Declarations, Prune

TEXT = """
dcsync: 1
projects: {discover: {organization: c9n2k4v0t7s1r3m5b6k0, display_name: "Store *"}}
vars: {site: everywhere}
policy: {prune: previous}
connectors:
  ingest:
    config: {url: "https://hooks.example.com/${project:id}/${project:key}/${var:site}"}
"""
FOUND = [
    FoundProject("c9n2k4v0t7s1r3m5b6d8", "Store Oslo"),
    FoundProject("c9n2k4v0t7s1r3m5b6dg", "Store Bergen"),
    FoundProject("c9n2k4v0t7s1r3m5b6e0", "Office"),
    FoundProject("c9n2k4v0t7s1r3m5b6e8", "Store inventory", is_inventory=True),
]


def load(text: str = TEXT, *, asked: list[Discovery] | None = None) -> Declarations:
    def discover(discovery: Discovery) -> Sequence[FoundProject]:
        if asked is not None:
            asked.append(discovery)
        return FOUND

    return declare.load_contents({Path("a.yaml"): text.encode()}, environ={}, discover=discover)


def test_each_found_project_is_declared() -> None:
    """The connectors stand in every project whose name fits, but never in the inventory."""
    asked: list[Discovery] = []
    projects = load(asked=asked).projects

    assert [(each.project_id, each.key) for each in projects] == [
        ("c9n2k4v0t7s1r3m5b6d8", "c9n2k4v0t7s1r3m5b6d8"),
        ("c9n2k4v0t7s1r3m5b6dg", "c9n2k4v0t7s1r3m5b6dg"),
    ]
    assert projects[0].policy.prune is Prune.PREVIOUS
    declared = projects[0].connectors[0]
    assert declared.address == "c9n2k4v0t7s1r3m5b6d8/ingest"
    assert getattr(declared.connector.config, "url", None) == (
        "https://hooks.example.com/c9n2k4v0t7s1r3m5b6d8/c9n2k4v0t7s1r3m5b6d8/everywhere"
    )
    assert [(each.organization, each.display_name) for each in asked] == [
        ("c9n2k4v0t7s1r3m5b6k0", "Store *")
    ]


def test_without_a_name_every_project_is_found() -> None:
    """A discovery that asks for no name takes all but the inventory."""
    projects = load(TEXT.replace(', display_name: "Store *"', "")).projects

    assert len(projects) == 3


def test_a_single_declaration_joins_a_found_project() -> None:
    """What another file declares for a found project is added to it."""
    text = f"{TEXT}---\ndcsync: 1\nproject: c9n2k4v0t7s1r3m5b6d8\nconnectors: {{}}\n"

    assert [len(each.connectors) for each in load(text).projects] == [1, 1]


def test_found_projects_are_never_pruned_of_everything() -> None:
    """What a listing happened to find cannot decide that all else is deleted."""
    with pytest.raises(DeclarationError, match="not allowed for projects that 'discover' finds"):
        load(TEXT.replace("previous", "all"))


def test_nothing_found_is_no_error() -> None:
    """An organization without such projects declares nothing."""
    assert load(TEXT.replace("Store *", "Warehouse *")).projects == ()


def test_offline_the_connectors_are_still_checked() -> None:
    """Without a cloud to ask there is a warning, and the connectors' mistakes are found."""
    offline = declare.load_contents({Path("a.yaml"): TEXT.encode()}, environ={})
    assert offline.projects == ()
    assert [each.message for each in offline.warnings] == [
        "the projects that 'discover' finds cannot be checked without the cloud; "
        "the connectors were checked with a placeholder project"
    ]

    text = TEXT.replace("${var:site}", "${var:nothing}").encode()
    with pytest.raises(DeclarationError, match="no variable 'nothing'"):
        declare.load_contents({Path("a.yaml"): text}, environ={})


def test_nothing_is_asked_while_a_file_has_a_problem() -> None:
    """What only the connectors of found projects could show is reported before any call."""
    asked: list[Discovery] = []
    with pytest.raises(DeclarationError, match="no variable 'place'"):
        load(TEXT.replace("${var:site}", "${var:place}"), asked=asked)

    assert asked == []


def test_each_file_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fleet of a thousand files is not read twice because it asks the cloud for its projects."""
    parsed = []
    parse = documents.declarations_in

    def counted(*arguments: Any) -> Any:
        parsed.append(arguments)
        return parse(*arguments)

    monkeypatch.setattr("dcsync.declare.loading.declarations_in", counted)
    load()

    assert len(parsed) == 1
