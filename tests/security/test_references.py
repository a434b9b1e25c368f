"""Which variables a declaration may read: none that is a credential, and few that are printed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dcsync import declare, emulator
from dcsync.declare import References
from dcsync.errors import DeclarationError
from tests.cli.conftest import PROJECT, Run, command_line

VALUE = "the-value-of-a-secret"
HEAD = f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: none}}\n"
A = "connectors: {a: {config: {url: 'https://a.example.com'}}}\n"
RESERVED = (
    "DT_SERVICE_ACCOUNT_SECRET",
    "DT_SERVICE_ACCOUNT_KEY_ID",
    "DT_CREDENTIALS_FILE",
    "DCSYNC_API_URL",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "RUNNER_TEMP",
    "CI_JOB_TOKEN",
    "github_token",
    "Dt_Service_Account_Secret",
    "dcsync_var_x",
)


def connector(fields: str) -> str:
    return f"{HEAD}connectors: {{a: {{config: {{url: 'https://a.example.com'}}, {fields}}}}}\n"


def in_vars(text: str) -> str:
    return f"vars: {{v: '{text}'}}\n"


def shown(reference: str) -> dict[str, str]:
    """A declaration for each field that is printed, put into a digest or into a URL."""
    fields = {
        "id": f"id: '{reference}'",
        "display_name": f"display_name: 'x {reference} y'",
        "renamed_from": f"renamed_from: ['{reference}']",
        "labels": f"labels: ['{reference}']",
        "event_types": f"event_types: ['{reference}']",
        "ignore_changes": f"ignore_changes: ['config.headers.{reference}']",
        "device_ids": f"watch: {{device_ids: ['{reference}']}}",
        "device_types": f"watch: {{device_types: ['{reference}']}}",
        "label_filters": f"watch: {{label_filters: {{room: '{reference}'}}}}",
    }
    fleet = "policy: {prune: none}\n" + A
    discover = f"organization: '{reference}', display_name: '{reference}'"
    return {
        **{name: connector(text) for name, text in fields.items()},
        "through a variable": connector("display_name: '${var:v}'") + in_vars(reference),
        "defaults": HEAD + A + f"defaults: {{labels: ['{reference}']}}\n",
        "anchor": HEAD
        + in_vars(f"{reference}").replace("{v: ", "{v: &v ")
        + "connectors: {a: {display_name: *v, config: {url: 'https://a.example.com'}}}\n",
        "project": f"dcsync: 1\nproject: '{reference}'\n{fleet}",
        "projects": f"dcsync: 1\nprojects: {{oslo: {{id: '{reference}'}}}}\n{fleet}",
        "discover": f"dcsync: 1\nprojects: {{discover: {{{discover}}}}}\n{fleet}",
        "protect": HEAD.replace("none", f"none, protect: ['{reference}']") + A,
    }


SHOWN = sorted(shown(""))
EVERYWHERE = {
    "url": "connectors: {a: {config: {url: 'https://a.example.com/REF'}}}\n",
    "host": "connectors: {a: {config: {url: 'https://REF/'}}}\n",
    "header": "connectors: {a: {config: {url: 'https://a.example.com', headers: {X-A: 'REF'}}}}\n",
    "signature_secret": (
        "connectors: {a: {config: {url: 'https://a.example.com', signature_secret: 'REF'}}}\n"
    ),
    "unused variable": A + "vars: {nobody: 'REF'}\n",
    "defaults that are dropped": A + "defaults: {config: {topic: 'REF'}}\n",
    "nested variables": (
        "vars: {one: 'REF', two: 'x${var:one}'}\n"
        "connectors: {a: {config: {url: 'https://a.example.com', headers: {X-A: '${var:two}'}}}}\n"
    ),
    "an escape of YAML": (
        "connectors: {a: {config: {url: 'https://a.example.com', headers: {X-A: \"ESC\"}}}}\n"
    ),
}
MODES = [mode for mode in References if not mode.is_earlier]


def problems_of(text: str, environ: dict[str, str], mode: References) -> list[str]:
    """The errors; the repr of all that was raised holds no value."""
    with pytest.raises(DeclarationError) as caught:
        declare.load_contents({Path("a.yaml"): text.encode()}, environ=environ, references=mode)
    assert VALUE not in f"{caught.value} {caught.value!r} {caught.value.diagnostics}"
    return [each.message for each in caught.value.diagnostics if each.severity == "error"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("field", SHOWN)
@pytest.mark.parametrize("reference", ["${env:TOKEN}", "${env:TOKEN:-x}", "x${file:token}"])
def test_a_field_that_is_shown_takes_no_secret(
    field: str, reference: str, mode: References, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither from the environment nor from a file, and the error names the way."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(VALUE)

    problems = problems_of(shown(reference)[field], {"TOKEN": VALUE}, mode)

    assert problems
    assert all("is not allowed in a field that is shown" in each for each in problems)
    assert "file:" in reference or all("DCSYNC_VAR_TOKEN" in each for each in problems)


@pytest.mark.parametrize("field", [each for each in SHOWN if each != "discover"])
def test_a_field_that_is_shown_takes_what_is_named_for_it(field: str) -> None:
    """`DCSYNC_VAR_…` says that the value may be printed."""
    environ = {"DCSYNC_VAR_X": "c14u9p094l47cdv1o3pg"}
    text = shown("${env:DCSYNC_VAR_X}")[field].encode()

    found = declare.load_contents(
        {Path("a.yaml"): text}, environ=environ, references=References.SKIP
    )

    assert len(found.projects) == 1


@pytest.mark.parametrize("place", [*EVERYWHERE, "display_name"])
@pytest.mark.parametrize("name", RESERVED)
def test_no_field_takes_a_credential_of_dcsync_or_of_the_ci_system(name: str, place: str) -> None:
    """In no field, used or not, in no mode, with a default or without, whatever its letter case."""
    reference = f"${{env:{name}:-x}}" if "url" in place else f"${{env:{name}}}"
    text = HEAD + EVERYWHERE.get(place, "")
    text = text.replace("REF", reference).replace("ESC", reference.replace("$", "\\x24"))
    if place == "display_name":
        text = shown(reference)[place]

    for mode in MODES:
        (problem,) = problems_of(text, {name: VALUE}, mode)
        assert "is not allowed: no declaration may read" in problem


def test_the_signature_secret_of_the_readme_stays_fine() -> None:
    """DT_SIGNATURE_SECRET is the user's, as are other names that begin alike."""
    names = ("DT_SIGNATURE_SECRET", "CITY", "GHOST", "DTOKEN", "ACTION", "GITHUBTOKEN")
    for name in names:
        text = HEAD + EVERYWHERE["header"].replace("REF", f"${{env:{name}}}")
        declare.load_contents(
            {Path("a.yaml"): text.encode()}, environ={name: VALUE}, references=References.RESOLVE
        )


def test_a_value_is_no_reference_and_no_path() -> None:
    """What a variable holds is put into no URL unless it looks like an id of the API."""
    text = shown("${env:DCSYNC_VAR_X}")["project"]

    for value in ("${env:TOKEN}", "../organizations", "a/b", "$${", "a?b"):
        problems = problems_of(text, {"DCSYNC_VAR_X": value}, References.RESOLVE)
        assert problems == ["the id must be as the API returns it: letters and digits, no path"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in an empty folder, with a secret in every reserved variable."""
    monkeypatch.chdir(tmp_path)
    return command_line(capsys)


@pytest.fixture
def project(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in the cloud, and the environment that points dcsync at it."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TOKEN", VALUE)
    monkeypatch.setenv("GH_TOKEN", VALUE)
    return cloud.add_project(display_name="Store Oslo", project_id=PROJECT)


COMMANDS = [
    ("validate",),
    ("validate", "--env"),
    ("validate", "--format", "json"),
    ("plan",),
    ("plan", "--format", "json"),
    ("plan", "--format", "markdown"),
    ("plan", "--allow-unset"),
    ("apply", "--auto-approve"),
    ("destroy", "--auto-approve"),
    ("status",),
    ("sync", "*"),
    ("watch", "--duration", "1"),
    ("verify",),
]


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", ["GH_TOKEN", "DT_SERVICE_ACCOUNT_SECRET", "TOKEN"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_and_shows_nothing(
    name: str, command: tuple[str, ...], run: Run, cloud: emulator.Emulator
) -> None:
    """The reference is an error with its place, nothing is called and no value is printed."""
    Path("dcsync.yaml").write_text(connector(f"display_name: 'x ${{env:{name}}} y'"))

    ended = run(*command)

    assert ended.code == 1
    assert "dcsync.yaml" in ended.err + ended.out
    assert name in ended.err + ended.out
    assert VALUE not in ended.out + ended.err
    assert os.environ["DT_SERVICE_ACCOUNT_SECRET"] not in ended.out + ended.err
    assert len(cloud.calls) == 0


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=dcsync", "-c", "user.email=dcsync@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


@pytest.mark.usefixtures("project")
@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
@pytest.mark.parametrize("option", ["--base", "--changed-since"])
@pytest.mark.parametrize("field", [each for each in SHOWN if each != "discover"])
def test_a_base_that_breaks_the_rule_does_not_block_the_fix(
    field: str, option: str, run: Run
) -> None:
    """What it says there is unknown: not resolved, not printed, and no error."""
    git("init", "--quiet")
    Path("dcsync.yaml").write_text(shown("${env:TOKEN}${env:GH_TOKEN}")[field])
    git("add", "--all")
    git("commit", "--quiet", "--message", "base")
    Path("dcsync.yaml").write_text(HEAD + A)

    ended = run("plan", option, "HEAD", "--format", "json")

    assert ended.code == 0, ended.err
    assert VALUE not in ended.out + ended.err
    assert json.loads(ended.out)["summary"]["create"] == 1


@pytest.mark.usefixtures("project")
@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_base_whose_project_is_a_variable_is_told(run: Run) -> None:
    """No call is made for a project of that name; the warning says that nothing is deleted."""
    git("init", "--quiet")
    Path("dcsync.yaml").write_text(shown("${env:DCSYNC_VAR_PROJECT_ID}")["project"])
    git("add", "--all")
    git("commit", "--quiet", "--message", "base")
    Path("dcsync.yaml").write_text(HEAD + A)

    ended = run("plan", "--base", "HEAD")

    assert ended.code == 0
    assert "the project of this declaration is unknown" in ended.err
    assert "no longer exists in the cloud" not in ended.err + ended.out
