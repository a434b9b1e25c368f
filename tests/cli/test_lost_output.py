"""What becomes of a run whose output is not written whole, or has no reader."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.cli import main
from dcsync.session.output.sink import Sink
from tests.cli.conftest import DISK_FULL, PROJECT, in_shell, on_a_full_disk

DeclareFile = Callable[..., Path]
URL = "https://a.example.com"
A = f"\n  a: {{config: {{url: '{URL}'}}}}"

pytestmark = pytest.mark.usefixtures("project")

COMMANDS = {
    "--version": 1,
    "--help": 1,
    "plan --help": 1,
    "validate": 1,
    "validate --format json": 1,
    "fmt --diff": 1,
    "fmt --check": 1,
    "plan": 1,
    "plan --detailed-exitcode --format json": 1,
    "plan --format markdown": 1,
    "status": 1,
    "status --format html": 1,
    "schema": 1,
    "completion bash": 1,
    "verify --allow-quiet --timeout 0.1": 1,
    f"import -p {PROJECT} --out new": 1,
    "report merge report.json": 1,
    "init --project c0md3pm0p7bet3vico8g --ci none starter": 1,
    "apply": 1,  # nobody approves; what is lost weighs more
    "apply --auto-approve": 5,
    "apply --auto-approve --format json": 5,
    "destroy --auto-approve": 1,
}


@pytest.fixture
def folder(
    project: str,  # noqa: ARG001 - the environment that points there
    declare_file: DeclareFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Path:
    """A folder with a declaration that is not in canonical form, and a report."""
    declare_file(f"{A}   \n")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    main(["plan", "--format", "json"])
    (tmp_path / "report.json").write_text(capsys.readouterr().out, "utf-8")
    return tmp_path


@on_a_full_disk
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.usefixtures("folder")
def test_a_full_disk_is_told_by_every_command(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never 0 where output is missing: 1, or 5 where something was changed."""
    with suppress(OSError), Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", Sink(full))

        code = main(command.split())

    err = capsys.readouterr().err
    assert code == COMMANDS[command], err
    assert DISK_FULL in err.splitlines()
    assert "a bug in dcsync" not in err


@on_a_full_disk
@pytest.mark.parametrize("command", ["--version", "--help", "schema plan", "apply --auto-approve"])
@pytest.mark.usefixtures("folder")
def test_a_full_disk_is_told_by_the_process(command: str) -> None:
    """The last flush counts, too."""
    done = in_shell(f"{command} > /dev/full")

    assert done.returncode == COMMANDS.get(command, 1)
    assert done.stderr.splitlines()[-1] == DISK_FULL


@pytest.mark.slow
@pytest.mark.parametrize(("limit", "unbuffered"), [(100, ""), (70_000, "1")])
@pytest.mark.usefixtures("folder")
def test_a_file_that_may_not_grow_is_told(
    cloud: emulator.Emulator, tmp_path: Path, limit: int, unbuffered: str
) -> None:
    """JSON that is cut in the middle is never a success."""
    cloud.switch(quota=None)
    for number in range(150):
        resource_ = {"displayName": f"x{number}", "type": "HTTP_PUSH", "httpConfig": {"url": URL}}
        cloud.add_connector(PROJECT, resource_)
    with (tmp_path / "out.json").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "dcsync", "plan", "--format", "json"],
            stdout=out,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            check=False,
        )

    assert done.returncode == 1
    assert b"standard output: File too large" in done.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("plan --detailed-exitcode", 2),
        ("plan", 0),
        ("verify --allow-quiet --timeout 0.1 x", 64),
        ("verify --timeout 0.1", 4),
        ("status --format json", 0),
        ("validate -f nosuch", 1),
        ("apply", 3),
        ("apply --auto-approve", 0),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_reader_that_is_gone_changes_no_exit_code(
    command: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`dcsync … | true` ends as without the pipe, quietly."""
    gone, theirs = os.pipe()
    os.close(gone)
    with suppress(OSError), os.fdopen(theirs, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", Sink(pipe))

        ended = main(command.split())

    assert ended == code
    assert "pipe" not in capsys.readouterr().err.lower()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("redirections", "code"),
    [
        ("2>&-", 0),
        pytest.param("2>/dev/full", 0, marks=on_a_full_disk),
        ("0<&-", 0),
        (">&- 2>&-", 0),
        ("<&- >&- 2>&-", 0),
        pytest.param(">/dev/full 2>/dev/full", 5, marks=on_a_full_disk),
        pytest.param(">/dev/full 2>&-", 5, marks=on_a_full_disk),
    ],
)
@pytest.mark.usefixtures("folder")
def test_apply_without_streams(cloud: emulator.Emulator, redirections: str, code: int) -> None:
    """All is done, whatever can be told of it; messages that are lost change nothing."""
    done = in_shell(f"apply --auto-approve -vv {redirections}")

    assert done.returncode == code
    assert len(cloud.connectors(PROJECT)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("command", "code"), [("apply", 3), ("init", 0)])
@pytest.mark.usefixtures("folder")
def test_a_closed_standard_input_approves_nothing(command: str, code: int) -> None:
    """As if nobody was there, and no bug."""
    done = in_shell(f"{command} 0<&-")

    assert done.returncode == code
    assert "a bug in dcsync" not in done.stderr


ENCODINGS = [
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "utf-16"},
]
NAMES = ("Øl", "日本", "😀")


@pytest.mark.slow
@pytest.mark.parametrize("environ", ENCODINGS, ids=str)
@pytest.mark.parametrize("format", ["text", "json"])
def test_what_the_terminal_cannot_encode_is_escaped(
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    environ: dict[str, str],
    format: str,
) -> None:
    """Names and the server's words, in every format; JSON stays JSON."""
    path = declare_file(
        "".join(
            f"\n  c{at}: {{display_name: '{name}', config: {{url: '{URL}'}}}}"
            for at, name in enumerate(NAMES)
        )
    )
    cloud.fail("*/dataconnectors", method="POST", status=400, body='{"error": "für 日本 Øl 😀"}')

    done = subprocess.run(
        [sys.executable, "-m", "dcsync", "apply", "--auto-approve", "--format", format],
        cwd=path.parent,
        env={**os.environ, **environ},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 5, done.stderr
    assert b"a bug in dcsync" not in done.stderr
    if format == "json":
        told = json.loads(done.stdout)["operations"]
        assert {each["display_name"] for each in told} == set(NAMES)


@pytest.mark.slow
def test_a_lone_surrogate_from_the_cloud_is_shown(
    cloud: emulator.Emulator, declare_file: DeclareFile
) -> None:
    """JSON can name characters that no encoding has."""
    live = {
        "name": f"projects/{PROJECT}/dataconnectors/c16pegipidie7lltrefg",
        "displayName": "\ud800",
        "type": "HTTP_PUSH",
        "httpConfig": {"url": URL},
    }
    body = json.dumps({"dataConnectors": [live], "nextPageToken": ""})
    path = declare_file(A)
    for format in ("text", "json"):
        cloud.fail("*/dataconnectors", method="GET", status=200, body=body)

        done = in_shell(f"plan -f {path} --format {format} --out {path}.{format}")

        assert done.returncode == 3, done.stderr
        assert "ud800" in done.stdout
        shown = in_shell(f"show {path}.{format} --format {format}")
        assert shown.stdout == done.stdout
