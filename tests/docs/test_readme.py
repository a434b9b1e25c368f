"""The README cannot rot: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync import emulator

from .pages import alike, run_page

DIGEST = re.compile(r"Digest \w+")
"""Of a plan that only creates: the same in every run."""
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


@pytest.fixture
def shell() -> Iterator[dict[str, str]]:
    """The environment of a newcomer's shell: `dcsync` on the path, and a cloud with one sensor."""
    with emulator.running(rate=20) as cloud:
        project = cloud.add_project(display_name="Head office", project_id="c0md3pm0p7bet3vico8g")
        cloud.add_device(project, "temperature", {"name": "Server room", "room": "99"})
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        secret = {"DT_SIGNATURE_SECRET": "a-signature-secret"}
        yield {**os.environ, **cloud.environ, **secret, "PATH": path}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_readme_shows_what_a_user_sees(shell: dict[str, str], tmp_path: Path) -> None:
    """Every command in the README prints what the README says."""
    steps = list(run_page(README, tmp_path, shell))

    assert steps
    for command, shown, output in steps:
        assert alike(output) == alike(shown), command
        assert DIGEST.findall(output) == DIGEST.findall(shown)


def test_the_readme_names_every_command() -> None:
    """Each command is in the README's table."""
    from dcsync.arguments import COMMANDS

    named = re.findall(r"^\| `dcsync (\w+)` \|", README, flags=re.MULTILINE)

    assert sorted(named) == sorted(COMMANDS)
