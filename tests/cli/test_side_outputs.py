"""Summaries and outputs of a CI system that cannot be written are warnings, nothing more."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.cli.conftest import PROJECT, Run

DeclareFile = Callable[..., Path]
A = "\n  a: {display_name: Øl, config: {url: https://a.example.com}}"


def directory(folder: Path) -> Path:
    (folder / "directory").mkdir()
    return folder / "directory"


def fifo(folder: Path) -> Path:
    """A pipe that nobody reads: opening it for writing would wait for ever."""
    os.mkfifo(folder / "fifo")
    return folder / "fifo"


UNWRITABLE: dict[str, Callable[[Path], Path]] = {
    "full": lambda _: Path("/dev/full"),
    "missing folder": lambda folder: folder / "nosuch" / "file",
    "a directory": directory,
    "a pipe that nobody reads": fifo,
    "below a file": lambda folder: folder / "dcsync.yaml" / "file",
    "a name that is too long": lambda folder: folder / ("x" * 300),
    "no UTF-8": lambda folder: folder / "nosuch\udcff" / "file",
    "closed": lambda _: Path("/dev/fd/999"),
    "not to be written by anybody": lambda _: Path("/proc/version"),
}


@pytest.mark.parametrize("variable", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
@pytest.mark.parametrize("kind", UNWRITABLE)
@pytest.mark.usefixtures("project")
def test_what_cannot_be_written_is_a_warning(
    run: Run,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    variable: str,
) -> None:
    """The connectors are created, the report is printed, and the exit code is the run's own."""
    declare_file(A)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv(variable, str(UNWRITABLE[kind](tmp_path)))

    planned, applied = run("plan", "--detailed-exitcode"), run("apply", "--auto-approve")

    assert (planned.code, applied.code) == (2, 0)
    assert applied.out.splitlines()[-1].startswith("Applied: 1 created")
    assert f"warning: {variable}: " in planned.err
    assert f"warning: {variable}: " in applied.err
    assert len(cloud.connectors(PROJECT)) == 1


@pytest.mark.usefixtures("project")
def test_what_is_not_whole_is_taken_back(
    run: Run, declare_file: DeclareFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a digest among the outputs would be worse than none."""
    resource = pytest.importorskip("resource")
    declare_file(A)
    output = tmp_path / "output"
    output.write_text("before=1\n", "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
    try:
        ended = run("plan", "--quiet")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert "warning: GITHUB_OUTPUT: " in ended.err
    assert output.read_text("utf-8") == "before=1\n"
