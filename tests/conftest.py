"""What every test gets: an environment without credentials, and an emulator on a real socket."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import is_hypothesis_test, settings

from dcsync import emulator
from tests.examples import WHOLE

# The same examples in every run: a suite that fails by chance is not believed.
settings.register_profile("deterministic", derandomize=True, deadline=None, max_examples=WHOLE)
settings.register_profile("quick", settings.get_profile("deterministic"), max_examples=WHOLE // 4)
settings.load_profile("deterministic")  # `make test` asks for the other one

gc.disable()  # until ten thousand tests are collected: to look for garbage among them takes a sixth

LONGEST_SEARCH_S = 600
"""A timeout in the middle of an example looks like a strategy that is not deterministic."""

Dcsync = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests of many examples the time that they take on a busy machine."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.timeout(LONGEST_SEARCH_S))


def pytest_collection_finish() -> None:
    """From now on, but never again among what was collected."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials, no home folder, no CI of ours: a test sees only what it sets."""
    for name in list(os.environ):
        if name.startswith(("DT_", "DCSYNC_", "GITHUB_")) or name in {
            "NO_COLOR",
            "FORCE_COLOR",
            "COLUMNS",
        }:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def cloud() -> Iterator[emulator.Emulator]:
    """An empty DT cloud on a free port of this machine, without a rate limit."""
    with emulator.running(rate_limit=None) as running:
        yield running


@pytest.fixture
def dcsync(tmp_path: Path) -> Dcsync:
    """Runs the command line as a process in the test's own folder."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dcsync", *arguments],
            cwd=tmp_path,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    return run
