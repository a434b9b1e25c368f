"""`dcsync sync`: calls :sync for the connectors that are named, and for no others."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
THREE = """
  a: {config: {url: 'https://a.example.com', signature_secret: '${env:NEVER_SET}'}}
  b: {config: {url: 'https://b.example.com'}}
  missing: {config: {url: 'https://c.example.com'}}"""


@pytest.fixture(autouse=True)
def _live(cloud: emulator.Emulator, project: str, declare_file: DeclareFile) -> None:
    for name in ("a", "b"):
        config = {"url": f"https://{name}.example.com"}
        resource = {"displayName": name, "type": "HTTP_PUSH", "httpConfig": config}
        cloud.add_connector(project, resource)
    declare_file(THREE)


def synced(cloud: emulator.Emulator) -> list[str]:
    """The names of the connectors whose :sync was called."""
    by_id = {each["name"].rpartition("/")[2]: each for each in cloud.connectors(PROJECT)}
    calls = (each.path for each in cloud.calls if each.path.endswith(":sync"))
    ids = (path.rpartition("/")[2].partition(":")[0] for path in calls)
    return [by_id[each]["displayName"] for each in ids]


def test_the_named_connector_is_synced(run: Run, cloud: emulator.Emulator) -> None:
    """It takes a token, a listing and the call, and resolves no secret."""
    ended = run("sync", f"{PROJECT}/a")

    assert ended.code == 0
    assert ended.out.splitlines()[0].startswith(f'done  {PROJECT}/a  "a"  dcsync.yaml:5:3')
    assert ended.out.splitlines()[-1] == "Synced: 1; 0 failed, 0 refused, 0 not attempted."
    assert synced(cloud) == ["a"]
    assert [each.method for each in cloud.calls] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_what_is_not_live_fails_and_the_others_are_synced(
    run: Run, cloud: emulator.Emulator, format: str
) -> None:
    """Every named connector is in the report; some done and some not is 5."""
    ended = run("sync", f"{PROJECT}/*", "--format", format)

    assert ended.code == 5
    assert "not live" in ended.out
    assert synced(cloud) == ["a", "b"]
    if format == "json":
        operations = json.loads(ended.out)["operations"]
        assert [(each["address"], each["outcome"]) for each in operations] == [
            (f"{PROJECT}/a", "done"),
            (f"{PROJECT}/b", "done"),
            (f"{PROJECT}/missing", "failed"),
        ]


def test_all_that_fails_is_1(run: Run, cloud: emulator.Emulator) -> None:
    """The error names the call and its status."""
    cloud.fail("*:sync", status=403)

    ended = run("sync", f"{PROJECT}/a")

    assert ended.code == 1
    assert ":sync: 403" in ended.out


def test_a_project_that_cannot_be_listed_fails_its_connectors(
    run: Run, cloud: emulator.Emulator
) -> None:
    """The reason is told for the connector that was named."""
    cloud.fail("*/dataconnectors", method="GET", status=403)

    ended = run("sync", f"{PROJECT}/a")

    assert ended.code == 1
    assert "GET" in ended.out
    assert "403" in ended.out


def test_without_an_address_it_is_wrong_usage(run: Run, cloud: emulator.Emulator) -> None:
    """Syncing everything by accident would flood the endpoints."""
    ended = run("sync")

    assert ended.code == 64
    assert "sync takes the addresses of connectors" in ended.err
    assert len(cloud.calls) == 0
