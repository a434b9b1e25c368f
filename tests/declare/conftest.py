"""What tests of declarations share: the command line, and the switch that rewrites the corpus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync.cli import main

Run = Callable[..., tuple[int, str, str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/declare --update-corpus` writes what the corpus expects."""
    parser.addoption(
        "--update-corpus", action="store_true", help="rewrite tests/declare/corpus/*/*.txt"
    )


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `dcsync ARGUMENTS` in the test's own folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_command
