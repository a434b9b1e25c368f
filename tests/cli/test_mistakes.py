"""The mistakes that people make: each gets a message that helps, an exit code, and no traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Ended, Run

DeclareFile = Callable[..., Path]
GOOD = "\n  a: {config: {url: https://a.example.com}}"
HEAD = f"dcsync: 1\nproject: {PROJECT}\npolicy: {{prune: all}}\n"


def tells(ended: Ended, *words: str) -> bool:
    """Whether it failed with a message of these words and without a traceback."""
    shown = ended.out + ended.err
    return "Traceback" not in shown and all(word in shown for word in words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["dcsync.yaml:1:1: error:", "a declaration begins with"]),
        ("a: [1\n", ["dcsync.yaml:2:1: error: not YAML"]),
        ("just a text\n", ["dcsync.yaml:1:1: error:", "declaration"]),
        ("name: something else\n", ["dcsync.yaml:1:1: error:", "declaration"]),
        (f"{HEAD}conectors: {{}}\n", ["dcsync.yaml:4:1: error:", "did you mean 'connectors'?"]),
        (f"{HEAD}connectors: []\n", ["dcsync.yaml:4:13: error:"]),
        (f"{HEAD}connectors: {{a: {{status: off}}}}\n", ["dcsync.yaml:4:26: error:", "ACTIVE"]),
        (f"{HEAD}connectors: {{a: {{labels: [1]}}}}\n", ["dcsync.yaml:4:27: error:"]),
        (
            f"{HEAD}connectors: {{a: {{config: {{url: 'https://${{env:NEVER_SET}}'}}}}}}\n",
            ["dcsync.yaml:4:32: error:", "NEVER_SET"],
        ),
    ],
    ids=[
        "empty file",
        "not YAML",
        "a text",
        "no declaration",
        "unknown key",
        "wrong type",
        "a boolean for a status",
        "a number for a label",
        "unset variable",
    ],
)
@pytest.mark.usefixtures("project")
def test_a_bad_file_is_told_with_its_place_and_nothing_is_sent(
    run: Run, tmp_path: Path, cloud: emulator.Emulator, text: str, words: list[str]
) -> None:
    """Every command names file, line and column, ends with 1, and calls no API."""
    (tmp_path / "dcsync.yaml").write_text(text, "utf-8")

    for command in (("plan",), ("apply", "--auto-approve")):
        ended = run(*command, "-f", "dcsync.yaml")

        assert ended.code == 1
        assert tells(ended, *words)
    assert len(cloud.calls) == 0


URL = "url: https://a.example.com"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("connectors:\na:\n  config: {}\n", "5:1", "indent it if it belongs under 'connectors'"),
        ("connectors:\na:\n  config: {}\n", "4:12", "or indent the connectors below it"),
        (f"connectors:\n  a:\n  config:\n    {URL}\n", "5:5", "or indent its keys below it"),
        (f"connectors:\n  a:\n  config:\n    {URL}\n", "7:5", "it belongs under 'config'"),
        (f"connectors:\n  a:\n    config:\n    {URL}\n", "6:12", "indent its keys below it"),
        (f"connectors:\n  a:\n    config:\n    {URL}\n", "7:5", "indent it if it belongs under"),
        (f"connectors:\n  a:\n    {URL}\n", "6:5", "it belongs under 'config'"),
        (f"connectors:\n  a:\n    config:\n      {URL}\n      labels: [a]\n", "8:7", "beside"),
        ("connectors:\n  a:\n    device_ids: [a]\n", "6:5", "it belongs under 'watch'"),
        ("connectors: {}\nmax_deletes: 3\n", "5:1", "it belongs under 'policy'"),
        ("connectors: {}\nlabels: [a]\n", "5:1", "it belongs under 'connectors'"),
        (f"connectors:\n  a:\n    config:\n      {URL}\n   labels: []\n", "8:4", "indentation"),
        (
            f"connectors:\n  a:\n    config:\n      {URL}\n     headers: {{}}\n",
            "8:6",
            "indentation",
        ),
        ("connectors:\n  a:\n     status: ACTIVE\n    labels: []\n", "7:5", "indentation"),
        ("connectors:\n  a:\n    status: ACTIVE\n      labels: []\n", "7:13", "indentation"),
        ("connectors:\n  a:\n    labels:\n    name\n", "8:1", "indentation"),
    ],
)
def test_wrong_indentation(run: Run, tmp_path: Path, text: str, place: str, words: str) -> None:
    """Each message says where, and what to indent or where the key belongs."""
    (tmp_path / "dcsync.yaml").write_text(f"{HEAD}{text}", "utf-8")

    ended = run("validate")

    lines = [line for line in ended.err.splitlines() if f"dcsync.yaml:{place}: error: " in line]
    assert ended.code == 1
    assert any(words in line for line in lines), ended.err


@pytest.mark.usefixtures("project")
def test_one_bad_file_among_good_ones_stops_everything(
    run: Run, tmp_path: Path, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Nothing is sent to the API when any declaration has a problem."""
    declare_file(GOOD)
    (tmp_path / "other.yaml").write_text("dcsync: 1\nconectors: {}\n", "utf-8")

    ended = run("apply", "--auto-approve")

    assert ended.code == 1
    assert len(cloud.calls) == 0


def test_an_empty_folder_has_no_declaration(run: Run) -> None:
    """No file at all is an error that says what a declaration is."""
    for command in ("validate", "plan", "apply"):
        ended = run(command)

        assert ended.code == 1
        assert tells(ended, "no declaration", "dcsync: 1")


def test_a_file_that_is_not_there(run: Run) -> None:
    """A -f that names nothing is an error, not an empty run."""
    ended = run("plan", "-f", "nosuch.yaml")

    assert ended.code == 1
    assert tells(ended, "nosuch.yaml")


def test_without_credentials(run: Run, declare_file: DeclareFile) -> None:
    """The message names the variables to set."""
    declare_file(GOOD)

    ended = run("plan")

    assert ended.code == 1
    assert tells(ended, "DT_SERVICE_ACCOUNT_KEY_ID", "DT_SERVICE_ACCOUNT_SECRET")


@pytest.mark.usefixtures("project")
def test_with_wrong_credentials(
    run: Run, declare_file: DeclareFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says what is refused, and shows no secret."""
    declare_file(GOOD)
    monkeypatch.setenv("DT_SERVICE_ACCOUNT_SECRET", "a-wrong-secret-of-at-least-32-bytes")

    with_token = run("plan")
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_EMAIL")
    with_basic_auth = run("plan")

    for ended in (with_token, with_basic_auth):
        assert ended.code == 1
        assert tells(ended, "service account")
        assert "a-wrong-secret" not in ended.out + ended.err


@pytest.mark.usefixtures("project")
def test_an_unknown_project(run: Run, tmp_path: Path) -> None:
    """The message names the project, its place, the call and its status; nothing is changed."""
    text = f"{HEAD}connectors:{GOOD}\n".replace(PROJECT, "c0md3pm0p7bet3vic000")
    (tmp_path / "dcsync.yaml").write_text(text, "utf-8")

    planned = run("plan")
    applied = run("apply", "--auto-approve")

    for ended in (planned, applied):
        assert ended.code == 1
        assert tells(ended, "dcsync.yaml:2:10: error:", "c0md3pm0p7bet3vic000", "GET", "404")
    assert "No changes" not in planned.out


def test_an_account_that_may_only_read(
    run: Run,
    project: str,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It can plan; applying fails with 403 and says what is missing."""
    reader = cloud.add_service_account("project.user", projects=(project,))
    for name, value in cloud.environ_of(reader).items():
        monkeypatch.setenv(name, value)
    declare_file(GOOD)

    planned = run("plan", "--detailed-exitcode")
    applied = run("apply", "--auto-approve")

    assert planned.code == 2
    assert applied.code == 1
    assert tells(applied, "POST", "403", "role")


@pytest.mark.usefixtures("project")
def test_a_file_that_is_left_out(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A run that would take another file's connectors for undeclared is refused with 3."""
    declare_file(GOOD)
    declare_file("\n  b: {config: {url: https://b.example.com}}", name="more.yml")

    for command in (("plan",), ("apply", "--auto-approve")):
        ended = run(*command, "-f", "dcsync.yaml")

        assert ended.code == 3
        assert tells(ended, "more.yml", "-f")
    assert len(cloud.calls) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plna"], ["did you mean plan?"]),
        (["plan", "--detailed-exitcod"], ["did you mean --detailed-exitcode?"]),
        (["plan", "--format", "xml"], ["'text', 'json'"]),
        (["apply", "--parallelism", "0"], ["--parallelism"]),
        (["plan", "nowhere/*"], ["nowhere/*"]),
        (["plan", "-p", "nowhere"], ["nowhere"]),
        (["-v"], ["COMMAND"]),
    ],
)
@pytest.mark.usefixtures("project")
def test_wrong_usage_ends_with_64(
    run: Run, declare_file: DeclareFile, arguments: list[str], words: list[str]
) -> None:
    """What the command line cannot mean is told with the nearest right word."""
    declare_file(GOOD)

    ended = run(*arguments)

    assert ended.code == 64
    assert tells(ended, *words)
