"""docs/applying.md cannot rot: its commands are run and their outputs compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "applying.md").read_text("utf-8")
CONSOLE = re.compile(r"```console\n\$ (.*?)\n(.*?)```", re.DOTALL)


def alike(text: str) -> str:
    """New ids are made alike."""
    return re.sub(r"(?<=  )[0-9a-v]{20}$", "<id>", text, flags=re.MULTILINE)


@pytest.mark.usefixtures("project")
def test_the_page_shows_what_a_user_sees(tmp_path: Path) -> None:
    """Every command of the page prints what the page says."""
    declaration = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert declaration
    (tmp_path / "connectors.yaml").write_text(declaration[1], "utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    steps = CONSOLE.findall(PAGE)

    assert len(steps) == 3
    for command, expected in steps:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert alike(done.stdout) == alike(expected), done.stderr
