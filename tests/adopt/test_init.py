"""`dcsync init` writes a folder that works at once, and never overwrites anything."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from dcsync import declare, emulator
from dcsync.render import starter
from tests.cli.conftest import Run

PROJECT = "c3n5gj90p7bet3vicob0"
WRITTEN = {
    "connectors/dcsync.yaml",
    "schemas/declaration.schema.json",
    ".gitignore",
    ".github/workflows/dcsync.yml",
    ".github/workflows/dcsync-drift.yml",
}


def files() -> dict[str, str]:
    """Everything below the working folder."""
    found = (path for path in Path().rglob("*") if path.is_file())
    return {str(path): path.read_text("utf-8") for path in found}


def test_the_folder_is_valid_at_once(run: Run) -> None:
    """The declaration deletes nothing, is formatted, and names its schema, which is there."""
    assert run("init", "--project", PROJECT).code == 0

    written = files()
    assert set(written) == WRITTEN
    assert run("validate").out == "Valid: 0 connectors in 1 project.\n"
    assert run("validate").err == ""
    assert run("fmt", "--check").code == 0
    declaration = written["connectors/dcsync.yaml"]
    assert "prune: none" in declaration
    schema = declaration.partition("$schema=")[2].partition("\n")[0]
    assert Path("connectors", schema).read_text("utf-8") == declare.schema_text("declaration")


def test_without_a_project_a_variable_stands_for_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that one folder can serve a test project and a real one."""
    run("init")
    monkeypatch.setenv("DCSYNC_VAR_PROJECT_ID", PROJECT)

    assert run("validate", "--env").code == 0


@pytest.mark.parametrize(
    ("repository", "ci", "warns"),
    [(".", "github", False), ("..", "github", True), ("..", "gitlab", True), ("..", "none", False)],
)
def test_a_workflow_in_a_subfolder_is_said_not_to_run(
    repository: str, ci: str, warns: bool, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CI system looks at the root of a repository only; nobody would learn that nothing runs."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    subprocess.run(["git", "init", "-q", repository], check=True)

    ended = run("init", "-p", "c0md3pm0p7bet3vico8g", "--ci", ci)

    assert ended.code == 0
    assert ("will not run" in ended.err) is warns


def test_nothing_is_overwritten(run: Run) -> None:
    """What is there stays, byte for byte, and is named; the rest is written."""
    Path(".gitignore").write_text("mine\n")

    first = run("init", "--project", PROJECT)
    before = files()
    second = run("init", "--project", "c3n5gj90p7bet3vicob1", "--ci", "github")

    assert (first.code, second.code) == (0, 0)
    assert "not changed: .gitignore" in first.out
    assert second.out.count("not changed") == 5
    assert files() == before
    assert before[".gitignore"] == "mine\n"


@pytest.mark.parametrize("ci", ["github", "gitlab", "none"])
def test_workflows_are_yaml_that_calls_commands_that_exist(ci: str, run: Run) -> None:
    """Applying is serialised, never cancelled half-way, and never done for a pull request."""
    run("init", "there", "--project", PROJECT, "--ci", ci)
    paths = [Path("there/.github/workflows/dcsync.yml"), Path("there/.gitlab-ci.yml")]
    found = [yaml.safe_load(path.read_text()) for path in paths if path.exists()]

    assert len(found) == (ci != "none")
    for workflow in found:
        if ci == "github":
            assert workflow["concurrency"]["cancel-in-progress"] is False
            assert "github.event_name == 'push'" in workflow["jobs"]["apply"]["if"]
        else:
            assert workflow["apply"]["resource_group"]


@pytest.mark.parametrize(
    ("ci", "examples"),
    [
        (
            "github",
            {"dcsync.yml": "github/dcsync.yml", "dcsync-drift.yml": "github/drift.yml"},
        ),
        ("gitlab", {".gitlab-ci.yml": "gitlab/.gitlab-ci.yml"}),
    ],
)
def test_a_workflow_is_the_example_of_the_documentation(
    ci: str, examples: dict[str, str], run: Run
) -> None:
    """One source; and the terminal says that it has to be completed."""
    ended = run("init", "--project", PROJECT, "--ci", ci)

    for name, example in examples.items():
        written = Path(starter.WORKFLOWS[ci]).with_name(name).read_text("utf-8")
        assert written == (Path(__file__).parents[2] / "examples" / example).read_text("utf-8")
    assert f"{starter.WORKFLOWS[ci]}: its first lines say what to replace" in ended.err


@pytest.mark.parametrize("project", ["../x", "a b", "${env:X}"])
def test_an_id_that_is_none_is_refused(project: str, run: Run) -> None:
    """Nothing is written for it."""
    assert run("init", "--project", project).code == 64
    assert files() == {}


@pytest.mark.slow
def test_a_terminal_is_asked(tmp_path: Path) -> None:
    """On a terminal it asks for what no option says."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{PROJECT}\ngitlab\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "dcsync", "init", str(tmp_path / "new")],
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0, done.stderr
    assert "Project id" in done.stderr
    assert (tmp_path / "new" / ".gitlab-ci.yml").exists()
    assert PROJECT in (tmp_path / "new" / "connectors" / "dcsync.yaml").read_text()


def test_a_newcomer_gets_from_nothing_to_no_changes(run: Run, live: emulator.Emulator) -> None:
    """init, import, plan, an edit, plan, apply, plan: each as it would be typed."""
    project = live.add_project("Store", project_id=PROJECT)
    config = {"url": "https://a.example.com"}
    live.add_connector(
        project, {"displayName": "Ingest", "type": "HTTP_PUSH", "httpConfig": config}
    )

    assert run("init", "--project", PROJECT).code == 0
    assert run("import", "--out", "connectors", "-p", PROJECT).code == 0
    assert run("plan").out == "No changes. 1 connector matches.\n"
    imported = Path("connectors/store.yaml")
    text = imported.read_text()
    assert "$schema=../schemas/declaration.schema.json" in text
    imported.write_text(text.replace("a.example.com", "b.example.com"))
    assert "1 to update" in run("plan").out
    assert run("apply", "--auto-approve").code == 0
    assert run("plan").out == "No changes. 1 connector matches.\n"


@pytest.fixture
def store(live: emulator.Emulator) -> emulator.Emulator:
    """An account that sees one store and two depots."""
    live.add_project("Store Oslo", project_id=PROJECT)
    for number in (1, 2):
        live.add_project("Depot", project_id=f"c3n5gj90p7bet3vicd{number}0")
    return live


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("named", [PROJECT, "Store Oslo"])
def test_a_project_is_checked(named: str, run: Run) -> None:
    """By id or display name; what is written is the id."""
    ended = run("init", "--project", named, "--ci", "none")

    assert ended.code == 0
    assert f'project {PROJECT} exists: "Store Oslo"' in ended.err
    assert f"-p {PROJECT}, then dcsync plan" in ended.err
    assert f"project: {PROJECT}\n" in Path("connectors/dcsync.yaml").read_text()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("named", "words"),
    [
        (PROJECT.replace("gj", "jg"), f"(did you mean '{PROJECT}'?)"),
        ("Store Olso", "the account sees no project 'Store Olso' (did you mean 'Store Oslo'?)"),
        ("zzz", "the account sees no project 'zzz'\n"),
        ("Depot", "2 projects are named 'Depot': c3n5gj90p7bet3vicd10, c3n5gj90p7bet3vicd20;"),
    ],
)
def test_a_project_that_is_not_there_is_refused(named: str, words: str, run: Run) -> None:
    """Nothing is written for it, and the nearest one is named."""
    ended = run("init", "--project", named)

    assert (ended.code, ended.out) == (64, "")
    assert words in ended.err
    assert files() == {}


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_project_that_cannot_be_checked_is_written_all_the_same(
    status: int, run: Run, store: emulator.Emulator
) -> None:
    """The message says that it was not, and why."""
    store.fail(path="*/projects*", status=status, count=None)

    ended = run("init", "--project", PROJECT)

    assert ended.code == 0
    assert f"project {PROJECT} was not checked: " in ended.err
    assert str(status) in ended.err
    assert f"project: {PROJECT}\n" in Path("connectors/dcsync.yaml").read_text()


def test_without_credentials_no_project_is_checked(run: Run) -> None:
    """That is said; a name alone is not enough then."""
    by_id = run("init", "--project", PROJECT)
    by_name = run("init", "elsewhere", "--project", "Store Oslo")

    assert by_id.code == 0
    assert f"project {PROJECT} was not checked: no credentials" in by_id.err
    assert by_name.code == 64
    assert "display names could not be looked up: no credentials" in by_name.err
    assert not Path("elsewhere").exists()


def test_a_missing_project_is_missing_though_others_cannot_be_listed(
    run: Run, store: emulator.Emulator
) -> None:
    """The API has said that it is not there; only what was meant is not known."""
    store.fail(path="*/projects", status=403, count=None)

    ended = run("init", "--project", "c3n5gj90p7bet3vic000")

    assert ended.code == 64
    assert "--project: GET /projects/c3n5gj90p7bet3vic000: 404" in ended.err


@pytest.mark.usefixtures("store")
def test_import_takes_a_name_too(run: Run) -> None:
    """One that several projects have is refused; a mistyped one gets the nearest."""
    assert run("import", "-p", "Store Oslo").code == 0
    assert f"project: {PROJECT}\n" in Path("store-oslo.yaml").read_text()

    twice = run("import", "-p", "Depot", "--out", "new")
    mistyped = run("import", "-p", "Store Olso", "--out", "new")

    assert twice.code == 64
    assert "2 projects are named 'Depot'" in twice.err
    assert mistyped.code == 1
    assert "404" in mistyped.err
    assert "(did you mean 'Store Oslo'?)" in mistyped.err
