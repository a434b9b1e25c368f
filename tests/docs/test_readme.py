"""The README cannot rot: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync import emulator

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps() -> Iterator[tuple[str, str]]:
    """Each command of the README and the output that it shows."""
    for block in CONSOLE.findall(README):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            yield command, output


def alike(text: str) -> str:
    """What may differ between two runs is made alike: new ids, times and measured values."""
    text = re.sub(r"(?<=  )[0-9a-v]{20}$", "<id>", text, flags=re.MULTILINE)
    text = re.sub(r"\d+\.\d+ °C", "<value> °C", text)
    return re.sub(r" +", " ", text)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a newcomer's shell: `dcsync` on the path, and a cloud with one sensor."""
    for name, text in FILE.findall(README):
        (tmp_path / name).write_text(text, "utf-8")
    with emulator.running(rate=20) as cloud:
        project = cloud.add_project(display_name="Head office", project_id="c0md3pm0p7bet3vico8g")
        cloud.add_device(project, "temperature", {"name": "Server room", "room": "99"})
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        secret = {"DT_SIGNATURE_SECRET": "a-signature-secret"}
        yield {**os.environ, **cloud.environ, **secret, "PATH": path}


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_the_readme_shows_what_a_user_sees(shell: dict[str, str], tmp_path: Path) -> None:
    """Every command in the README prints what the README says."""
    for command, expected in steps():
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tmp_path,
            env=shell,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )

        assert done.returncode == 0, done.stdout
        assert alike(done.stdout) == alike(expected)


def test_the_readme_names_every_command() -> None:
    """Each command is in the README's table."""
    from dcsync.arguments import COMMANDS

    named = re.findall(r"^\| `dcsync (\w+)` \|", README, flags=re.MULTILINE)

    assert sorted(named) == sorted(COMMANDS)
