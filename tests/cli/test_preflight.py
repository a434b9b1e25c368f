"""Before the first write, a missing permission in any project stops the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

OTHER = "c14u9p094l47cdv1o3pg"


pytestmark = pytest.mark.usefixtures("fleet")


@pytest.fixture
def fleet(project: str, cloud: emulator.Emulator, tmp_path: Path) -> Path:
    """Two projects with a connector each, none of them live."""
    cloud.add_project(display_name="Store Bergen", project_id=OTHER)
    path = tmp_path / "fleet.yaml"
    path.write_text(
        f"dcsync: 1\nprojects: {{oslo: {{id: {project}}}, bergen: {{id: {OTHER}}}}}\n"
        "policy: {prune: all, max_deletes: 9}\n"
        "connectors: {a: {config: {url: 'https://a.example.com'}}}\n"
    )
    return path


def hold_only(cloud: emulator.Emulator, held: list[str]) -> None:
    """The API says that the account holds only these in the last project."""
    body = '{"permissions": [' + ", ".join(f'"{each}"' for each in held) + '], "nextPageToken": ""}'
    cloud.fail(f"*/projects/{OTHER}/permissions", status=200, body=body, count=None)


def writes(cloud: emulator.Emulator) -> int:
    return sum(
        len(cloud.calls.matching(method, "/v2/*", None)) for method in ("POST", "PATCH", "DELETE")
    )


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_a_right_that_is_missing_in_the_last_project_stops_before_the_first(
    run: Run,
    cloud: emulator.Emulator,
    command: str,
) -> None:
    """Nothing is changed, exit code 3, and the project and the permission are named."""
    if command == "destroy":
        assert run("apply", "--auto-approve").code == 0
        cloud.calls.clear()
    hold_only(cloud, ["dataconnector.read", "dataconnector.update"])

    ended = run(command, "--auto-approve", "--allow-deletes", "9")

    lacks = "create" if command == "apply" else "delete"
    assert ended.code == 3
    assert f"lacks permissions in bergen (lacks dataconnector.{lacks})" in ended.err
    assert writes(cloud) == 0


@pytest.mark.parametrize("status", [403, 404, 501])
def test_permissions_that_are_not_told_are_no_reason_to_stop(
    run: Run, cloud: emulator.Emulator, status: int
) -> None:
    """It says that it could not see them, and goes on."""
    cloud.switch(permissions_status=status)

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    assert (
        "the permissions in 2 projects cannot be read; continuing without this check" in ended.err
    )
    assert len(cloud.connectors(OTHER)) == 1


def test_one_project_is_not_asked_about(run: Run, cloud: emulator.Emulator) -> None:
    """Nor is one that does not change: its first write says as much."""
    assert run("apply", "--auto-approve", "-p", "oslo").code == 0
    assert run("apply", "--auto-approve").code == 0

    assert not cloud.calls.matching("*", "*/permissions", None)
    assert len(cloud.connectors(PROJECT)) == len(cloud.connectors(OTHER)) == 1
