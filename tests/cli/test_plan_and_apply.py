"""From a file to live connectors and back, as a user types it, against the embedded cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]

TWO = """
  ingest:
    display_name: Ingest
    event_types: [temperature, touch]
    labels: [name]
    config:
      url: https://ingest.example.com/dt
      signature_secret: ${env:SECRET}
      headers: {Authorization: "Bearer ${env:TOKEN}"}
  archive:
    display_name: Archive
    config: {url: https://archive.example.com/}"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "a-signature-secret")
    monkeypatch.setenv("TOKEN", "a-bearer-token")


def test_create_then_nothing_to_do(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A plan shows the creates, apply makes them, and the next plan has no changes."""
    declare_file(TWO)

    before = run("plan", "--detailed-exitcode")
    applied = run("apply", "--auto-approve")
    after = run("plan", "--detailed-exitcode")

    assert before.code == 2
    assert before.out.splitlines()[-1].startswith("Plan: 2 to create, 0 to update, 0 to replace")
    assert applied.code == 0
    assert applied.out.splitlines()[-1].startswith("Applied: 2 created")
    assert (after.code, after.out) == (0, "No changes. 2 connectors match.\n")
    live = {each["displayName"]: each for each in cloud.connectors(project)}
    assert live["Ingest"]["httpConfig"] == {
        "url": "https://ingest.example.com/dt",
        "signatureSecret": "a-signature-secret",
        "headers": {"Authorization": "Bearer a-bearer-token"},
    }
    assert live["Ingest"]["events"] == ["temperature", "touch"]
    assert live["Archive"]["status"] == "ACTIVE"


@pytest.mark.usefixtures("project")
def test_no_secret_is_ever_printed(run: Run, declare_file: DeclareFile) -> None:
    """References stand for secrets in every format of plan and apply."""
    declare_file(TWO)

    ended = [
        run("plan"),
        run("plan", "--format", "json"),
        run("apply", "--auto-approve", "--format", "json"),
    ]

    shown = "".join(each.out + each.err for each in ended)
    assert "${env:SECRET}" in shown
    assert "a-signature-secret" not in shown
    assert "a-bearer-token" not in shown


def test_drift_is_repaired(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """What somebody changed and added in the console is planned back, and only that."""
    declare_file(TWO)
    run("apply", "--auto-approve")
    stray = {
        "displayName": "Stray",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://x.example.com"},
    }
    cloud.add_connector(project, stray)
    declare_file(TWO.replace("[temperature, touch]", "[co2]"))

    planned = run("plan", "--format", "json", "--detailed-exitcode")
    applied = run("apply", "--auto-approve")

    assert planned.code == 2
    operations = json.loads(planned.out)["operations"]
    assert [(each["action"], each["display_name"]) for each in operations] == [
        ("update", "Ingest"),
        ("delete", "Stray"),
    ]
    assert [change["path"] for change in operations[0]["changes"]] == ["event_types"]
    assert operations[0]["source"] == {"file": "dcsync.yaml", "line": 5, "column": 3}
    assert applied.code == 0
    assert {each["displayName"] for each in cloud.connectors(project)} == {"Ingest", "Archive"}


def test_replace_creates_before_it_deletes(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A type change is a new connector, and only then the end of the old one."""
    declare_file("\n  a: {config: {url: https://a.example.com}}")
    run("apply", "--auto-approve")
    declare_file(
        "\n  a: {type: GOOGLE_CLOUD_PUBSUB, config: {topic: projects/g/topics/t, audience: x}}"
    )

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    assert [each["type"] for each in cloud.connectors(project)] == ["GOOGLE_CLOUD_PUBSUB"]
    writes = [call.method for call in cloud.calls if call.method in {"POST", "DELETE"}]
    assert writes[-2:] == ["POST", "DELETE"]


def test_prune_none_leaves_what_is_not_declared(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """With `prune: none` an undeclared connector is listed as unmanaged and stays."""
    stray = {
        "displayName": "Stray",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://x.example.com"},
    }
    cloud.add_connector(project, stray)
    declare_file("\n  a: {config: {url: https://a.example.com}}", policy="{prune: none}")

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    assert '? "Stray"' in ended.out
    assert len(cloud.connectors(project)) == 2


def test_without_approval_nothing_is_done(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Where nobody can answer the prompt and --auto-approve is missing, apply refuses with 3."""
    declare_file(TWO)

    ended = run("apply")

    assert ended.code == 3
    assert "--auto-approve" in ended.err
    assert cloud.connectors(project) == []


def test_a_guard_refuses_the_whole_run(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """More deletes than max_deletes: plan and apply end with 3; --allow-deletes goes on."""
    for name in ("x", "y"):
        stray = {
            "displayName": name,
            "type": "HTTP_PUSH",
            "httpConfig": {"url": "https://x.example.com"},
        }
        cloud.add_connector(project, stray)
    declare_file(
        "\n  a: {config: {url: https://a.example.com}}", policy="{prune: all, max_deletes: 1}"
    )

    planned = run("plan")
    refused = run("apply", "--auto-approve")
    names = {each["displayName"] for each in cloud.connectors(project)}
    allowed = run("apply", "--auto-approve", "--allow-deletes", "2")

    assert (planned.code, refused.code, allowed.code) == (3, 3, 0)
    assert "--allow-deletes 2" in planned.out
    assert names == {"x", "y"}
    assert {each["displayName"] for each in cloud.connectors(project)} == {"a"}


@pytest.mark.parametrize(
    ("policy", "option"),
    [
        ("max_changes: 0", "--allow-changes"),
        ('freeze: ["Mon 00:00-Thu 00:00 UTC", "Thu 00:00-Mon 00:00 UTC"]', "--allow-frozen"),
    ],
)
def test_a_policy_over_updates_refuses_and_lets_pass(
    run: Run,
    project: str,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    policy: str,
    option: str,
) -> None:
    """The run is held back with 3; a reviewed plan too; the option with its number goes on."""
    stray = {
        "displayName": "a",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": "https://x.example.com"},
    }
    cloud.add_connector(project, stray)
    declare_file(
        "\n  a: {config: {url: https://a.example.com}}", policy=f"{{prune: none, {policy}}}"
    )

    planned = run("plan", "--out", "plan.json")
    reviewed = run("apply", "--plan", "plan.json")
    others = {"--allow-deletes", "--allow-changes", "--allow-frozen"} - {option}
    refused = run("apply", "--auto-approve", *(f"{each}=9" for each in others))
    url = cloud.connectors(project)[0]["httpConfig"]["url"]
    allowed = run("plan", "--out", "plan.json", option, "1")
    applied = run("apply", "--plan", "plan.json")

    assert (planned.code, reviewed.code, refused.code) == (3, 3, 3)
    assert f"to continue, use {option} 1 or" in planned.out
    assert url == "https://x.example.com"
    assert (allowed.code, applied.code) == (0, 0)


@pytest.mark.usefixtures("project")
def test_one_failure_leaves_the_others_alone(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """An operation that fails is told with its call and status; the others are done; exit 5."""
    declare_file(TWO)
    cloud.fail(method="POST", path="*/dataconnectors", status=400, count=1)

    ended = run("apply", "--auto-approve", "--format", "json")

    assert ended.code == 5
    operations = json.loads(ended.out)["operations"]
    assert [each["outcome"] for each in operations] == ["failed", "done"]
    assert f"POST /projects/{PROJECT}/dataconnectors: 400" in operations[0]["error"]
    assert operations[1]["data_connector_id"]


@pytest.mark.usefixtures("project")
def test_calls_are_one_listing_per_project_and_one_per_operation(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Planning costs a token and a listing, applying a call an operation, and a last look."""
    declare_file(TWO)

    run("apply", "--auto-approve")

    assert [call.method for call in cloud.calls] == ["POST", "GET", "POST", "POST", "GET"]


def test_status_is_left_as_it_is(
    run: Run, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A connector that somebody disabled stays so, unless a status is declared."""
    stray = {
        "displayName": "a",
        "type": "HTTP_PUSH",
        "status": "USER_DISABLED",
        "httpConfig": {"url": "https://a.example.com"},
    }
    cloud.add_connector(project, stray)
    declare_file("\n  a: {config: {url: https://a.example.com}}")
    left = run("plan", "--detailed-exitcode")
    declare_file("\n  a: {status: ACTIVE, config: {url: https://a.example.com}}")

    enabled = run("apply", "--auto-approve")

    assert left.code == 0
    assert enabled.code == 0
    assert cloud.connectors(project)[0]["status"] == "ACTIVE"
