"""The README cannot rot: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from .pages import run_page, shows

DIGEST = re.compile(r"Digest \w+")
"""Of a plan that only creates: the same in every run."""
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_readme_shows_what_a_user_sees(tmp_path: Path) -> None:
    """Every command in the README prints what the README says."""
    folder = tmp_path / "work"
    folder.mkdir()
    steps = list(run_page(README, folder))

    assert steps
    for command, shown, output in steps:
        assert shows(shown, output), (command, output)
        assert DIGEST.findall(output) == DIGEST.findall(shown)


def test_the_readme_names_every_command() -> None:
    """Each command is in the README's table."""
    from dcsync.arguments import COMMANDS

    named = re.findall(r"^\| `dcsync (\w+)` \|", README, flags=re.MULTILINE)

    assert sorted(named) == sorted(COMMANDS)
