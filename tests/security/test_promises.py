"""What docs/security.md promises of the whole of dcsync: no shell, who starts what, who calls."""

from __future__ import annotations

import ast
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from dcsync import cli, declare
from tests.security.syntax import dotted

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "dcsync").rglob("*.py"))
MAY_START_GIT = {"declare/git/process.py"}
MAY_START_DCSYNC = {"emulator/remote.py"}
"""For the tests of others: an emulator in a process of its own."""
MAY_CALL = {"cloud", "doctor", "emulator", "receive", "serving"}
"""`doctor` connects to declared endpoints and to proxies, and sends nothing there."""
NETWORK = {"requests", "urllib3", "socket", "http.client", "http.server", "socketserver", "ftplib"}
MAY_COMPILE = {"initializer.py"}
"""As the standard library's dataclasses: an `__init__` from the names of a class's own fields."""
EVALUATING = {"eval", "exec", "compile", "__import__"}
FORBIDDEN = {"os.system", "os.popen", "os.execvp", "yaml.load", "yaml.unsafe_load"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT / "dcsync").as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_starts_evaluates_and_calls_only_what_it_may(path: Path) -> None:
    """Processes: git, and dcsync itself; network: the rooms whose business it is; no eval."""
    tree = ast.parse(path.read_text("utf-8"))
    modules = set(imports(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]

    assert name_of(path) in MAY_START_GIT | MAY_START_DCSYNC or "subprocess" not in modules
    if modules & NETWORK:
        assert name_of(path).split("/")[0] in MAY_CALL
    assert not {"pickle", "marshal", "shelve"} & modules
    for call in calls:
        assert not any(each.arg == "shell" for each in call.keywords)
        called = dotted(call.func)
        assert called not in EVALUATING or name_of(path) in MAY_COMPILE
        assert called not in FORBIDDEN


def test_only_git_is_started() -> None:
    """One call, of the program that is looked up by the word git."""
    (name,) = MAY_START_GIT
    tree = ast.parse((ROOT / "dcsync" / name).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    (started,) = [each for each in calls if ast.unparse(each.func).startswith("subprocess.")]
    (found,) = [each for each in calls if ast.unparse(each.func) == "shutil.which"]

    command = started.args[0]
    assert isinstance(command, ast.List)
    assert ast.unparse(command.elts[0]) == "program"
    assert ast.literal_eval(found.args[0]) == "git"


def test_a_bug_report_is_private_and_holds_no_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is for its owner alone, and neither it nor the terminal shows the message."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    secret = tmp_path.name[::-1]

    def burst(*_: object) -> str:
        raise RuntimeError(secret)

    monkeypatch.setattr(declare, "schema_text", burst)

    assert cli.main(["schema"]) == 1
    (report,) = tmp_path.glob("dcsync-*.log")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert secret not in report.read_text() + capsys.readouterr().err


def test_yaml_constructs_nothing(tmp_path: Path) -> None:
    """A tag that would make an object elsewhere is a problem with a place."""
    trap = tmp_path / "trap"
    text = f"dcsync: 1\nproject: !!python/object/apply:os.mkdir ['{trap}']\n"
    (tmp_path / "d.yaml").write_text(text)

    assert cli.main(["validate", "-f", str(tmp_path)]) == 1
    assert not trap.exists()


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "github").glob("*.yml")), ids=str)
def test_workflows_hold_no_more_rights_than_they_need(path: Path) -> None:
    """Read by default; who may write says so; nothing runs for strangers with our secrets."""
    text = path.read_text("utf-8")
    workflow = yaml.safe_load(text)

    assert workflow["permissions"]["contents"] == "read"
    assert "pull_request_target" not in text
    assert "write-all" not in text
    used = set(re.findall(r"uses: ([^/\s]+)/", text))
    assert used <= {"actions", "your-organization"}
    writes = {
        "preview": {"pull-requests"},
        "apply": {"contents", "pull-requests"},
        "drift": {"issues"},
    }
    for name, job in workflow["jobs"].items():
        writing = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert writing in (writes.get(name, set()), set())
