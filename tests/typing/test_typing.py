"""The library's types in a user's script as pyright reads them; mypy reads it in `make check`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PYRIGHT = HERE.parent / "checkers" / "node_modules" / "pyright" / "index.js"
NODE = shutil.which("node")


@pytest.mark.timeout(300)  # a checker of the whole library
@pytest.mark.skipif(
    NODE is None or not PYRIGHT.exists(), reason="needs node and `npm ci --prefix tests/checkers`"
)
def test_pyright_finds_the_mistakes_and_nothing_else() -> None:
    """Strictly; a comment that ignores what is no mistake is one."""
    command: list[str | Path] = [
        NODE or "",
        PYRIGHT,
        "--pythonpath",
        sys.executable,
        "--project",
        HERE,
    ]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "0 errors, 0 warnings" in done.stdout
