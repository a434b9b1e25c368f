"""`dcsync destroy`: what is declared goes, what is not stays, under the guards of apply."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
TWO = """
  a: {config: {url: 'https://a.example.com', headers: {Authorization: '${env:NEVER_SET}'}}}
  b: {display_name: Bee, config: {url: 'https://b.example.com'}}"""


@pytest.fixture(autouse=True)
def _live(cloud: emulator.Emulator, project: str) -> None:
    """Both are live, and one that nobody declared."""
    for name, secret in (("a", "the-live-secret"), ("Bee", ""), ("theirs", "")):
        config = {"url": "https://a.example.com", "headers": {"Authorization": secret}}
        resource = {"displayName": name, "type": "HTTP_PUSH", "httpConfig": config}
        cloud.add_connector(project, resource)


def names(cloud: emulator.Emulator) -> list[str]:
    return [each["displayName"] for each in cloud.connectors(PROJECT)]


def test_the_declared_connectors_go(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Without resolving a secret or showing one, and leaving what nobody declared."""
    declare_file(TWO)

    ended = run("destroy", "--auto-approve")

    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith("Applied: 0 created, 0 updated, 0 replaced, 2 del")
    assert '? "theirs"' in ended.out
    assert names(cloud) == ["theirs"]
    assert "the-live-secret" not in ended.out + ended.err


def test_addresses_narrow_it(run: Run, declare_file: DeclareFile, cloud: emulator.Emulator) -> None:
    """Only the connectors that are named go."""
    declare_file(TWO)

    ended = run("destroy", f"{PROJECT}/b", "--auto-approve")

    assert ended.code == 0
    assert names(cloud) == ["a", "theirs"]


def test_it_asks(run: Run, declare_file: DeclareFile, cloud: emulator.Emulator) -> None:
    """Where nobody can answer and --auto-approve is missing, nothing is done."""
    declare_file(TWO)

    ended = run("destroy")

    assert ended.code == 3
    assert "--auto-approve" in ended.err
    assert len(names(cloud)) == 3


@pytest.mark.parametrize(
    ("policy", "code", "left"),
    [
        ("{prune: none, protect: [Bee]}", 5, ["Bee", "theirs"]),
        ("{prune: none, max_deletes: 1}", 3, ["a", "Bee", "theirs"]),
    ],
)
def test_the_guards_hold(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    policy: str,
    code: int,
    left: list[str],
) -> None:
    """A protected connector is blocked; more than max_deletes, and nothing is done at all."""
    declare_file(TWO, policy=policy)

    ended = run("destroy", "--auto-approve", "--format", "json")

    assert ended.code == code
    assert names(cloud) == left
    assert len(json.loads(ended.out)["operations"]) == 2


def test_emptying_a_project_takes_an_allowance(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Every live connector of a project gone is a guard here, too."""
    declare_file(f"{TWO}\n  theirs: {{config: {{url: 'https://a.example.com'}}}}")

    held = run("destroy", "--auto-approve")
    allowed = run("destroy", "--auto-approve", "--allow-deletes", "3")

    assert (held.code, allowed.code) == (3, 0)
    assert "--allow-deletes 3" in held.out
    assert names(cloud) == []


def test_what_is_gone_already_needs_nothing(run: Run, declare_file: DeclareFile) -> None:
    """A second destroy has nothing to do."""
    declare_file(TWO)
    run("destroy", "--auto-approve")

    ended = run("destroy", "--auto-approve")

    assert ended.code == 0
    assert ended.out.splitlines()[-1].startswith("No changes.")
