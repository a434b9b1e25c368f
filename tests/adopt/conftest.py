"""`dcsync import` against an emulated cloud, in an empty folder, in this process."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from tests.adopt.actions import action, repository
from tests.cli.conftest import Run, command_line

__all__ = ["action", "repository"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in an empty folder of its own, beside the test's other files."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return command_line(capsys)


@pytest.fixture
def live(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> emulator.Emulator:
    """The cloud, with the environment pointed at it."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    return cloud


@pytest.fixture
def set_secrets(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], dict[str, str]]:
    """Sets the variables of a secrets file as a shell would, and tells them."""

    def set_them(path: Path) -> dict[str, str]:
        words = shlex.split(path.read_text("utf-8"), comments=True)
        pairs = dict(each.split("=", 1) for each in words if each != "export")
        for name, value in pairs.items():
            monkeypatch.setenv(name, value)
        return pairs

    return set_them
