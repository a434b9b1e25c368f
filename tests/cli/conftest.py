"""The command line in this process: quick, and the same code as the installed command's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.cli import main

PROJECT = "c0md3pm0p7bet3vico8g"


DISK_FULL = "dcsync: standard output: No space left on device"
on_a_full_disk = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="there is no /dev/full here"
)


def in_shell(command: str) -> subprocess.CompletedProcess[str]:
    """`dcsync COMMAND` with the shell's redirections and pipes."""
    return subprocess.run(
        ["sh", "-c", f"{sys.executable} -m dcsync {command}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


def command_line(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `dcsync ARGUMENTS` where the test is, and tells how it ended."""

    def run_command(*arguments: str) -> Ended:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run_command


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return command_line(capsys)


@pytest.fixture
def project(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    """A project in the cloud, and the environment that points dcsync at it."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    return cloud.add_project(display_name="Store Oslo", project_id=PROJECT)


@pytest.fixture
def declare_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a declaration of the project: the text of its `connectors:` and its policy."""

    def write(connectors: str, policy: str = "{prune: all}", name: str = "dcsync.yaml") -> Path:
        path = tmp_path / name
        path.write_text(
            f"dcsync: 1\nproject: {PROJECT}\npolicy: {policy}\nconnectors:{connectors}\n", "utf-8"
        )
        return path

    return write
