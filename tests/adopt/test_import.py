"""What `dcsync import` writes gives an empty plan, whatever is live, and holds no secret."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

SetSecrets = Callable[[Path], dict[str, str]]
AZURE = {"tenantId": "t-1", "clientId": "c-1"}
SECRETS = Path("..", "secrets.env")


def http(url: str = "https://x.example.com", **more: Any) -> dict[str, Any]:
    """An HTTP_PUSH config."""
    return {"type": "HTTP_PUSH", "httpConfig": {"url": url, **more}}


def organization_of(live: emulator.Emulator, project_id: str) -> str:
    """The id of the organization that a project belongs to."""
    project = live.store.projects.get(project_id) or {}
    return str(project["organization"]).rpartition("/")[2]


CONNECTORS: dict[str, list[dict[str, Any]]] = {
    "http": [{"displayName": "Ingest", **http(headers={"Authorization": "Bearer a-1"})}],
    "pubsub": [
        {
            "displayName": "P",
            "type": "GOOGLE_CLOUD_PUBSUB",
            "pubsubConfig": {"topic": "projects/p/topics/t", "audience": "//iam.example.com/x"},
        }
    ],
    "sqs": [
        {
            "displayName": "Q",
            "type": "AWS_SQS",
            "awsSqsConfig": {
                "queueUrl": "https://sqs.example.com/1/q",
                "awsRoleArn": "arn:aws:iam::1:role/r",
                "audience": "dt",
            },
        }
    ],
    "service bus": [
        {
            "displayName": "B",
            "type": "AZURE_SERVICE_BUS",
            "azureServiceBusConfig": {
                "url": "sb://n.servicebus.windows.net/t",
                "authenticationConfig": AZURE,
                "brokerProperties": {"correlationId": "12"},
            },
        }
    ],
    "event hub": [
        {
            "displayName": "H",
            "type": "AZURE_EVENT_HUB",
            "azureEventHubConfig": {
                "url": "sb://n.servicebus.windows.net/h",
                "authenticationConfig": AZURE,
            },
        }
    ],
    "signed and disabled": [
        {"displayName": "S", "status": "USER_DISABLED", **http(signatureSecret="it's $HOME `s`\n2")}
    ],
    "disabled by the service": [{"displayName": "S", "status": "SYSTEM_DISABLED", **http()}],
    "a URL with a user and a query": [
        {"displayName": "U", **http("https://u:pw@x.example.com/a?code=s3&bare&empty=&x=a@b#f")}
    ],
    "header names": [
        {"displayName": "D", **http(headers={"X.a.b": "1", "x_Y~": "2", "123": "3", "yes": ""})}
    ],
    "header values that no file can hold": [
        {"displayName": "D", **http(headers={"X-Lines": "a\nb", "X bad": "1", "X-Good": "2"})}
    ],
    "equal names": [{"displayName": "Twin", **http()}, {"displayName": "Twin", **http()}],
    "names with one key": [{"displayName": "A b", **http()}, {"displayName": "a-b", **http()}],
    "empty names": [
        {"displayName": "", **http()},
        {"displayName": "connector", **http()},
        {"displayName": "", **http()},
        {"displayName": "connector-2", **http()},
    ],
    "references in texts": [
        {
            "displayName": "a ${env:HOME} $${x} ${",
            "labels": ["${var:x}", "room"],
            **http("https://x.example.com/${file:/etc/passwd}"),
        }
    ],
    "odd names": [
        {"displayName": name, **http()}
        for name in ("yes", "12:30", "- x", "温度 ≥ 5", "Ærø #1", ' "q": \\ ', "null", "a\u2028b")
    ],
    "control characters": [{"displayName": "a\tb\x1b[2J\nc", **http()}],
    "no letters": [{"displayName": "***", **http()}, {"displayName": "???", **http()}],
    "more than the quota": [{"displayName": f"c{n}", **http()} for n in range(12)],
    "labels and events": [
        {"displayName": "L", "events": ["touch", "co2"], "labels": ["name", "a, b", ""], **http()},
        {"displayName": "E", "events": ["temperature"], "labels": ["0x10", "no"], **http()},
    ],
    "nothing": [],
}


@pytest.mark.slow
@pytest.mark.parametrize("connectors", CONNECTORS.values(), ids=CONNECTORS.keys())
def test_importing_and_planning_finds_no_changes(
    connectors: list[dict[str, Any]], live: emulator.Emulator, run: Run, set_secrets: SetSecrets
) -> None:
    """Whatever is live, its declarations load without a warning, are formatted, and match."""
    project = live.add_project("Store Oslo")
    for each in connectors:
        live.add_connector(project, each, as_is=True)

    imported = run("import", "-p", project, "--secrets-file", str(SECRETS))
    assert imported.code == 0, imported.err
    set_secrets(SECRETS)
    plan = run("plan")

    assert (plan.code, plan.err) == (0, "")
    match = "1 connector matches" if len(connectors) == 1 else f"{len(connectors)} connectors match"
    assert plan.out.endswith(f"No changes. {match}.\n")
    assert run("fmt", "--check").code == 0


def test_no_secret_is_in_what_is_written_or_printed(live: emulator.Emulator, run: Run) -> None:
    """Secret values are in the secrets file alone, which its owner alone can read."""
    project = live.add_project("Store Oslo")
    config = http(
        "https://user-s1@x.example.com/?code=query-s2",
        signatureSecret="sign-s3",
        headers={"Authorization": "Bearer head-s4"},
    )
    live.add_connector(project, {"displayName": "Ingest", **config})

    ended = run("import", "-p", project, "--secrets-file", str(SECRETS))

    told = ended.out + ended.err + Path("store-oslo.yaml").read_text("utf-8")
    for secret in ("user-s1", "query-s2", "sign-s3", "head-s4"):
        assert secret not in told
        assert secret in SECRETS.read_text("utf-8")
    assert stat.S_IMODE(SECRETS.stat().st_mode) == 0o600
    assert "DC_INGEST_SIGNATURE_SECRET" in ended.out


def test_the_variables_to_set_are_listed(live: emulator.Emulator, run: Run) -> None:
    """Without a secrets file the values are nowhere, and plan asks for each listed variable."""
    project = live.add_project("Store Oslo")
    live.add_connector(project, {"displayName": "Ingest", **http(signatureSecret="s3cret")})

    listed = json.loads(run("import", "-p", project, "--format", "json").out)["variables"]

    assert listed == [
        {
            "name": "DC_INGEST_SIGNATURE_SECRET",
            "field": "store-oslo.yaml: connectors.ingest.config.signature_secret",
        }
    ]
    assert "DC_INGEST_SIGNATURE_SECRET is not set" in run("plan").err


def test_equal_connectors_become_a_fleet(
    live: emulator.Emulator, run: Run, set_secrets: SetSecrets
) -> None:
    """What all stores have is in one file; what one has beside it, is in its own."""
    for name in ("Oslo", "Bergen", "discover"):
        project = live.add_project(name)
        live.add_connector(project, {"displayName": "Ingest", **http(signatureSecret="s")})
        live.add_connector(project, {"displayName": "Alarms", "events": ["touch"], **http()})
    live.add_connector(project, {"displayName": "Own", **http(signatureSecret="o")})
    other = live.add_project("Lab")
    live.add_connector(other, {"displayName": "Lab", **http()})
    live.add_project("Empty")
    organization = organization_of(live, other)

    ended = run("import", "--organization", organization, "--secrets-file", str(SECRETS))

    assert ended.code == 0, ended.err
    files = {path.name: path.read_text("utf-8") for path in Path().glob("*.yaml")}
    assert sorted(files) == ["discover-2.yaml", "fleet.yaml", "lab.yaml"]
    assert files["fleet.yaml"].count("display_name: Ingest") == 1
    assert len(set_secrets(SECRETS)) == 2
    assert run("plan").out == "No changes. 8 connectors match.\n"


def test_projects_of_an_organization_are_chosen_by_name(live: emulator.Emulator, run: Run) -> None:
    """`-p` takes names with globs there, and says so where none fits."""
    project = live.add_project("Store Oslo")
    live.add_connector(project, {"displayName": "A", **http()})
    lab = live.add_project("Lab")
    live.add_connector(lab, {"displayName": "A", **http()})
    organization = organization_of(live, lab)

    assert run("import", "--organization", organization, "-p", "Shop *").code == 64
    assert run("import", "--organization", organization, "-p", "Store *").code == 0
    assert [path.name for path in Path().glob("*.yaml")] == ["store-oslo.yaml"]


def test_no_file_is_overwritten(live: emulator.Emulator, run: Run) -> None:
    """Another file's name is left to it; a secrets file that is there already stops everything."""
    project = live.add_project("Oslo")
    Path("oslo.yaml").write_text("mine\n")

    assert run("import", "-p", project).code == 0
    assert run("import", "-p", project, "--secrets-file", "oslo.yaml").code == 3
    assert Path("oslo.yaml").read_text() == "mine\n"
    assert f"project: {project}" in Path("oslo-2.yaml").read_text()


def test_importing_again_takes_what_is_new(live: emulator.Emulator, run: Run) -> None:
    """What files declare already is passed over, its policy stays, and its keys are not reused."""
    project = live.add_project("Oslo")
    live.add_connector(project, {"displayName": "First", **http()})
    assert run("import", "-p", project).code == 0
    live.add_connector(project, {"displayName": "first", **http()})

    assert run("import", "-p", project).code == 0
    nothing_new = run("import", "-p", project)

    assert "first-2:" in Path("oslo-2.yaml").read_text()
    assert nothing_new.out == "Imported: 0 connectors into 0 files; 0 left unmanaged.\n"
    assert run("plan").out == "No changes. 2 connectors match.\n"


@pytest.mark.parametrize("ignored", [False, True])
def test_secrets_are_not_written_where_git_tracks_them(
    live: emulator.Emulator, run: Run, *, ignored: bool
) -> None:
    """Inside a work tree the file has to be ignored, else nothing is listed or written."""
    project = live.add_project("Oslo")
    subprocess.run(["git", "init", "-q"], check=True)
    if ignored:
        Path(".gitignore").write_text("*.env\n")

    ended = run("import", "-p", project, "--secrets-file", "secrets.env")

    assert ended.code == (0 if ignored else 3), ended.err
    assert Path("secrets.env").exists() == ignored
    assert Path("oslo.yaml").exists() == ignored


def test_what_cannot_be_declared_is_left_unmanaged(live: emulator.Emulator, run: Run) -> None:
    """A type that dcsync does not know and a URL it refuses are told with the reason."""
    project = live.add_project("Oslo")
    unknown = {"displayName": "New", "type": "CARRIER_PIGEON", "events": [], "labels": []}
    live.add_connector(project, unknown, as_is=True)
    live.add_connector(project, {"displayName": "Old", **http("http://x.example.com")}, as_is=True)
    live.add_connector(project, {"displayName": "Fine", **http()})

    ended = run("import", "-p", project)

    assert ended.code == 0, ended.err
    assert "does not know the type CARRIER_PIGEON" in ended.out
    assert "must be an https:// URL" in ended.out
    assert "Imported: 1 connector into 1 file; 2 left unmanaged." in ended.out
    assert run("plan").code == 0


def test_what_a_fleet_discovers_is_declared_already(live: emulator.Emulator, run: Run) -> None:
    """Only what such a fleet does not declare is imported."""
    project = live.add_project("Store Oslo")
    live.add_connector(project, {"displayName": "a", **http()})
    live.add_connector(project, {"displayName": "b", **http()})
    Path("fleet.yaml").write_text(
        f"dcsync: 1\nprojects: {{discover: {{organization: {organization_of(live, project)}}}}}\n"
        "policy: {prune: none}\nconnectors: {a: {config: {url: 'https://x.example.com'}}}\n"
    )

    assert run("import", "-p", project).code == 0
    imported = Path("store-oslo.yaml").read_text()
    assert "  b:\n" in imported
    assert "  a:\n" not in imported


@pytest.mark.parametrize("others", [True, False])
def test_a_failed_import_leaves_nothing(live: emulator.Emulator, run: Run, others: bool) -> None:
    """A project that cannot be listed is named, no file is there, and the right retry works."""
    project = live.add_project("Oslo")
    live.add_connector(project, {"displayName": "Ingest", **http()})
    wrong = ["-p", "c3n5gj90p7bet3vicob0", *(["-p", project] if others else [])]
    there = ["--out", "new", "--secrets-file", "secrets.env"]

    failed = run("import", *wrong, *there)
    left = list(Path().iterdir())
    ended = run("import", "-p", project, *there)

    assert (failed.code, failed.out, left) == (1, "", [])
    assert "project c3n5gj90p7bet3vicob0 cannot be listed" in failed.err
    assert "nothing was written" in failed.err
    assert ended.code == 0, ended.err
    assert Path("new", "oslo.yaml").exists()
    assert Path("secrets.env").exists()


def test_what_terraform_manages_is_taken_over(live: emulator.Emulator, run: Run) -> None:
    """A state chooses the connectors; what they are comes from the API."""
    project = live.add_project("Oslo")
    live.add_connector(project, {"displayName": "By hand", **http()})
    managed = live.add_connector(project, {"displayName": "Ingest", **http()})
    name = f"projects/{project}/dataconnectors/{managed}"
    instance = {"index_key": "oslo", "attributes": {"name": name, "display_name": "Ingest"}}
    resource = {"mode": "managed", "type": "dt_connector", "name": "in", "instances": [instance]}
    Path("terraform.tfstate").write_text(json.dumps({"version": 4, "resources": [resource]}))

    ended = run("import", "--from-tfstate", "terraform.tfstate")

    assert ended.code == 0, ended.err
    assert "terraform state rm 'dt_connector.in[\"oslo\"]'" in ended.out
    assert "By hand" not in Path("oslo.yaml").read_text()
    assert json.loads(run("plan", "--format", "json").out)["summary"] == {
        **dict.fromkeys(("create", "update", "replace", "delete", "blocked"), 0),
        "unchanged": 1,
        "unmanaged": 1,
    }


@pytest.mark.parametrize("text", ["", "[]", '{"version": 3}', '{"version": 4, "resources": [1]}'])
@pytest.mark.usefixtures("live")
def test_another_file_is_no_state(text: str, run: Run) -> None:
    """A file that is no Terraform state is refused in one line."""
    Path("s.json").write_text(text)

    ended = run("import", "--from-tfstate", "s.json")

    assert ended.code == 1
    assert ended.err.startswith("dcsync: ")


@pytest.mark.usefixtures("live")
def test_nothing_named_is_wrong_usage(run: Run) -> None:
    """Without a project, an organization or a state there is nothing to import."""
    assert run("import").code == 64
