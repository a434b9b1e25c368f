"""Projects by their display names: where `-p` and addresses take them, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import Run

OSLO, BERGEN, DEPOT = (f"c0md3pm0p7bet3vico{each}g" for each in "8ab")
NAMES = {OSLO: "Store Oslo", BERGEN: "Store Bergen", DEPOT: "Oslo/Bergen Dépôt 🏬"}
FLEET = f"""\
dcsync: 1
projects:
  oslo: {{id: {OSLO}}}
  bergen: {{id: {BERGEN}}}
  depot: {{id: {DEPOT}}}
policy: {{prune: none}}
connectors:
  ingest: {{config: {{url: "https://a.example.com"}}}}
  archive: {{config: {{url: "https://b.example.com"}}}}
"""
CONNECTOR = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://a.example.com"}}
Planned = Callable[..., list[str]]


@pytest.fixture
def fleet(tmp_path: Path, cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three projects with keys of their own, two connectors declared in each."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    for project_id, name in NAMES.items():
        cloud.add_project(name, project_id=project_id)
    (tmp_path / "dcsync.yaml").write_text(FLEET, "utf-8")


@pytest.fixture
def planned(run: Run, request: pytest.FixtureRequest) -> Planned:
    """The addresses of the plan's operations."""
    request.getfixturevalue("fleet")

    def plan(*arguments: str) -> list[str]:
        ended = run("plan", *arguments, "--format", "json")
        assert ended.code == 0, ended.err
        return [each["address"] for each in json.loads(ended.out)["operations"]]

    return plan


def listed_organization(cloud: emulator.Emulator) -> str:
    """The id of the organization that the projects are in."""
    return str((cloud.store.projects.get(OSLO) or {})["organization"]).rpartition("/")[2]


@pytest.mark.parametrize(
    ("arguments", "addresses"),
    [
        (["-p", "Store Oslo"], ["oslo/ingest", "oslo/archive"]),
        (["-p", "Store *"], ["oslo/ingest", "oslo/archive", "bergen/ingest", "bergen/archive"]),
        (["-p", "Oslo/Bergen De\u0301po\u0302t 🏬"], ["depot/ingest", "depot/archive"]),
        (["Store Oslo/ingest"], ["oslo/ingest"]),
        (["Store Oslo/*"], ["oslo/ingest", "oslo/archive"]),
        (["Store */archive"], ["oslo/archive", "bergen/archive"]),
        (["Oslo/Bergen Dépôt 🏬/ingest", "oslo/ingest"], ["oslo/ingest", "depot/ingest"]),
        (["*/ingest", "--except", "Store Oslo/ingest"], ["bergen/ingest", "depot/ingest"]),
        (["-p", "oslo", "-p", "Store Bergen", "*/ingest"], ["oslo/ingest", "bergen/ingest"]),
    ],
)
def test_a_name_stands_for_its_project(
    arguments: list[str], addresses: list[str], planned: Planned
) -> None:
    """In `-p`, addresses and `--except`, with globs, slashes and composed letters."""
    assert planned(*arguments) == addresses


def test_the_plan_is_the_one_of_the_id(run: Run, planned: Planned) -> None:
    """What is saved and hashed is the id: a project may be renamed before it is applied."""
    digests = set()
    for project in ("Store Oslo", OSLO):
        content = json.loads(run("plan", "-p", project, "--format", "json").out)
        digests.add(content["digest"])
        assert content["narrowing"]["projects"] == [OSLO]

    assert planned("-p", "Store Oslo")
    assert len(digests) == 1


@pytest.mark.usefixtures("fleet")
def test_a_name_that_several_have_is_refused(run: Run, cloud: emulator.Emulator) -> None:
    """Also across organizations; the message has both ids and keys."""
    other = cloud.add_organization("Example organization")
    twin = cloud.add_project("Store Oslo", organization_id=other)
    path = Path("dcsync.yaml")
    path.write_text(FLEET.replace(BERGEN, twin), "utf-8")

    for arguments in (["-p", "Store Oslo"], ["Store Oslo/ingest"], ["--except", "Store Oslo/*"]):
        ended = run("plan", *arguments)

        assert (ended.code, ended.out) == (64, "")
        assert "2 projects are named 'Store Oslo'" in ended.err
        assert f"{OSLO} (oslo), {twin} (bergen); name one by its key or id" in ended.err


def test_keys_and_ids_come_first(planned: Planned, cloud: emulator.Emulator) -> None:
    """A project that is called as another one's key or id is takes nothing away from it."""
    Path("dcsync.yaml").write_text(FLEET.replace("  depot:", '  "Store Oslo":'), "utf-8")
    cloud.calls.clear()

    assert planned("-p", "Store Oslo", "*/ingest") == ["Store Oslo/ingest"]
    assert cloud.calls.tally()["GET 200"] == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["-p", "olso"], "nothing is declared at olso (did you mean 'oslo'?)"),
        (["-p", "store olso"], "(did you mean 'Store Oslo'?)"),
        (["-p", OSLO.replace("md", "dm")], f"(did you mean '{OSLO}'?)"),
        (["oslo/ingset"], "nothing is declared at oslo/ingset (did you mean 'oslo/ingest'?)"),
        (["Store Oslo/ingset"], "(did you mean 'oslo/ingest'?)"),
        (["Store Olso/ingest"], "(did you mean 'Store Oslo/ingest'?)"),
        (["oslo"], "(did you mean 'oslo/*'?)"),
        (["Store Oslo"], "(did you mean 'oslo/*'?)"),
        (["archive"], "(did you mean '*/archive'?)"),
        (["--except", "oslo/archvie"], "(did you mean 'oslo/archive'?)"),
        (["zzz/zzz", "-p", "qqq"], "nothing is declared at zzz/zzz, qqq\n"),
    ],
)
@pytest.mark.usefixtures("fleet")
def test_a_mistyped_one_gets_the_nearest(run: Run, arguments: list[str], hint: str) -> None:
    """Wrong usage; where nothing is near, nothing is guessed."""
    for command in ("plan", "status", "verify"):
        ended = run(command, *arguments)

        assert (ended.code, ended.out) == (64, "")
        assert hint in ended.err


@pytest.mark.usefixtures("fleet")
def test_plans_and_reports_show_names(run: Run, cloud: emulator.Emulator) -> None:
    """Beside keys, in text and markdown; the JSON and the digest are as without."""
    cloud.add_connector(OSLO, {**CONNECTOR, "displayName": "Old"})

    text, markdown = run("plan").out, run("plan", "--format", "markdown").out
    program = run("plan", "--format", "json").out

    for shown in (text, markdown):
        assert '+ */ingest  "ingest"  dcsync.yaml' in shown
        assert '  in 3 projects: oslo ("Store Oslo"), bergen ("Store Bergen"), depot' in shown
        assert 'in oslo ("Store Oslo"): prune is none' in shown
    assert "Store Oslo" not in program
    assert f"Digest {json.loads(program)['digest'][:8]}" in text


@pytest.mark.usefixtures("fleet")
def test_names_that_cannot_be_had_are_left_out(run: Run, cloud: emulator.Emulator) -> None:
    """An account that may not list projects plans as well as any other."""
    named = run("plan")
    cloud.fail(path="*/projects", status=403, count=None)

    nameless = run("plan")

    assert (nameless.code, nameless.err) == (0, "")
    assert "in 3 projects: oslo, bergen, depot" in nameless.out
    assert named.out.splitlines()[-1] == nameless.out.splitlines()[-1]


@pytest.mark.usefixtures("fleet")
def test_one_project_is_asked_for_alone(run: Run, cloud: emulator.Emulator) -> None:
    """However many the account sees, the name of one is one call."""
    ended = run("plan", "-p", "oslo")

    assert '+ oslo/ingest  "ingest"  in "Store Oslo"  dcsync.yaml' in ended.out
    assert cloud.calls.count("GET", f"/v2/projects/{OSLO}") == 2
    assert cloud.calls.tally()["GET 200"] == 2


@pytest.mark.usefixtures("fleet")
def test_what_was_found_is_not_asked_for_again(run: Run, cloud: emulator.Emulator) -> None:
    """Discovering a fleet tells its names; they also reach reports that nobody waits for."""
    organization = listed_organization(cloud)
    Path("dcsync.yaml").write_text(
        f"dcsync: 1\nprojects: {{discover: {{organization: {organization}}}}}\n"
        "policy: {prune: none}\n"
        'connectors: {ingest: {config: {url: "https://a.example.com"}}}\n',
        "utf-8",
    )

    planned = run("plan", "--expand")
    calls = cloud.calls.tally()["GET 200"]
    applied = run("apply", "--auto-approve")

    assert calls == 1 + len(NAMES)
    assert f'+ {OSLO}/ingest  "ingest"  in "Store Oslo"' in planned.out
    assert f'done  + {OSLO}/ingest  "ingest"  in "Store Oslo"' in applied.out


@pytest.mark.usefixtures("fleet")
def test_names_that_cannot_be_looked_up_are_said(run: Run, cloud: emulator.Emulator) -> None:
    """It may be a name after all: the message says why nobody knows."""
    cloud.fail(path="*/projects", status=403, count=None)

    ended = run("plan", "-p", "Store Oslo")

    assert ended.code == 64
    assert "at Store Oslo; display names could not be looked up: GET /projects: 403" in ended.err


def test_without_credentials_keys_are_enough(run: Run, tmp_path: Path) -> None:
    """A mistyped key needs no account to be found out."""
    (tmp_path / "dcsync.yaml").write_text(FLEET, "utf-8")

    ended = run("plan", "-p", "olso")

    assert ended.code == 64
    assert "nothing is declared at olso (did you mean 'oslo'?)" in ended.err


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
@pytest.mark.usefixtures("fleet")
def test_verify_shows_names_to_people(run: Run, cloud: emulator.Emulator, format: str) -> None:
    """In their own column, or beside the address; a program's report is as it was."""
    cloud.add_connector(OSLO, {**CONNECTOR, "displayName": "ingest", "status": "USER_DISABLED"})

    ended = run("verify", "-p", "oslo", "--format", format)

    assert ('in "Store Oslo"' in ended.out) == (format != "json")
    assert "oslo/ingest" in ended.out


@pytest.mark.usefixtures("fleet")
def test_watch_shows_names_beside_keys(run: Run, cloud: emulator.Emulator) -> None:
    """In the lines of events and in what is said of a project."""
    device = cloud.add_device(OSLO, "touch", {"name": "Door"})
    cloud.publish(OSLO, device, "touch")

    ended = run("watch", "-p", "oslo", "--since", "1h", "--count", "1", "--all-devices")

    assert '  oslo ("Store Oslo")  Door' in ended.out
