"""How far apply is: a bar on a terminal, a line an operation in CI, nothing anywhere else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.session.output.progress import speed_text
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
THREE = "".join(f"\n  {name}: {{config: {{url: 'https://a.example.com'}}}}" for name in "abc")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def on_terminal(tmp_path: Path, project: str) -> Callable[..., tuple[int, str, str]]:
    """Runs dcsync with standard error on a terminal, or output too; code, output, terminal."""
    assert project

    def run(*arguments: str, output_too: bool = False) -> tuple[int, str, str]:
        terminal, stderr = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "dcsync", *arguments],
            cwd=tmp_path,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
            stdin=subprocess.DEVNULL,
            stdout=stderr if output_too else subprocess.PIPE,
            stderr=stderr,
        )
        os.close(stderr)
        shown = read_all(terminal)
        out = process.communicate(timeout=20)[0] or b""
        return process.returncode, out.decode(), shown

    return run


def read_all(terminal: int) -> str:
    shown = b""
    try:
        while piece := os.read(terminal, 65536):
            shown += piece
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    return shown.decode()


@pytest.mark.slow
def test_a_terminal_shows_a_bar_and_a_pipe_gets_the_report(
    on_terminal: Callable[..., tuple[int, str, str]], declare_file: DeclareFile
) -> None:
    """Listing and applying have a bar on the terminal; standard output has none of it."""
    declare_file(THREE)

    code, out, shown = on_terminal("apply", "--auto-approve")

    assert code == 0
    assert "\x1b" not in out
    assert out.splitlines()[-1].startswith("Applied: 3 created")
    assert "listing" in shown
    assert re.search(r"applying .* [0-3]/3 ", ESCAPES.sub("", shown))
    assert shown.rstrip().endswith("\x1b[2K")  # the bar is wiped away at the end


@pytest.mark.slow
def test_results_on_the_same_terminal_are_whole(
    on_terminal: Callable[..., tuple[int, str, str]], declare_file: DeclareFile
) -> None:
    """The lines above the bar are not broken by it, and keep their brackets."""
    declare_file(THREE.replace("}}", "}, labels: [name]}"))

    _, _, shown = on_terminal("apply", "--auto-approve", "--color", "never", output_too=True)

    lines = [ESCAPES.sub("", line).split("\r")[-1] for line in shown.split("\r\n")]
    assert sum(line.startswith("done  + ") for line in lines) == 3
    assert "    labels: [name]" in lines


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.usefixtures("project")
def test_without_a_terminal_there_is_no_progress(
    run: Run, declare_file: DeclareFile, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard error stays empty: a script may treat it as trouble."""
    monkeypatch.delenv("CI", raising=False)
    declare_file(THREE)

    assert run("apply", "--auto-approve", "--format", format).err == ""


@pytest.mark.usefixtures("project")
def test_a_ci_log_has_a_line_for_each_operation(
    run: Run, declare_file: DeclareFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the report comes as JSON at the end, the log tells meanwhile how far it is."""
    monkeypatch.setenv("CI", "true")
    declare_file(THREE)

    ended = run("apply", "--auto-approve", "--format", "json")

    assert [line.split()[:3] for line in ended.err.splitlines()] == [
        ["done", "+", f"{PROJECT}/{name}"] for name in "abc"
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_rate_limit_is_told(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A pause is never silent."""
    cloud.fail("*/dataconnectors", method="POST", status=429, headers={"Retry-After": "0"})
    declare_file("\n  a: {config: {url: https://a.example.com}}")

    ended = run("apply", "--auto-approve")

    assert ended.code == 0
    assert re.fullmatch(r"rate limited, waiting \d s\n", ended.err)


@pytest.mark.usefixtures("project")
def test_a_lost_answer_is_told_while_it_is_waited_for(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """`--settle` says how long that is."""
    cloud.fail("*/dataconnectors", method="POST", drop=True)
    declare_file(THREE)

    ended = run("apply", "--auto-approve", "--settle", "0.01")

    assert ended.code == 0
    assert "the response to a create was lost, waiting 0.01 s" in ended.err
    assert len(cloud.connectors(PROJECT)) == 3


@pytest.mark.usefixtures("project")
def test_failures_are_annotated_in_github_actions(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Each at the place of its declaration; the step's summary has the plan and the report."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    cloud.fail("*/dataconnectors", method="POST", status=403)
    declare_file(THREE)

    ended = run("apply", "--auto-approve")

    assert f"::error file=dcsync.yaml,line=5,col=3::{PROJECT}/a: failed: POST" in ended.err
    assert ended.err.count("::error") == 1
    summary = (tmp_path / "summary.md").read_text("utf-8")
    assert "### dcsync plan" in summary
    assert "### dcsync apply" in summary
    assert summary.splitlines()[-1].startswith("Applied: 2 created")
    assert "digest=" in (tmp_path / "output").read_text("utf-8")


@pytest.mark.parametrize(
    ("done", "left", "seconds", "text"),
    [
        (0, 10, 0.0, ""),
        (0, 10, 5.0, ""),
        (5, 10, 1.0, "5.0/s, 0:02 left"),
        (1, 99, 1, "1.0/s, 1:39 left"),
    ],
)
def test_the_rate_and_the_time_left(done: float, left: float, seconds: float, text: str) -> None:
    """Both come from all of the time since the beginning, pauses included."""
    assert speed_text(done, left, seconds) == text
