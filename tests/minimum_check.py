"""Runs the tests against the oldest versions that pyproject.toml allows of what dcsync needs.

Run by `make minimum`: every other environment gets the newest, and shows nothing of a lower bound.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="dcsync-minimum-") as name:
        folder = Path(name)
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{each}\n" for each in minimum()), "utf-8")
        venv.create(folder / "venv", with_pip=True)
        python = str(folder / "venv" / "bin" / "python")
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--upgrade", "pip>=25.1")
        run(*pip, "--constraint", str(constraints), "--group", "dev", "--editable", ".")
        run(python, "-m", "pytest", "-q", "--numprocesses", "auto", "--maxprocesses", "8")


def minimum() -> list[str]:
    """A constraint for each dependency: the version of its lower bound, and no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pairs = [
        re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\w.]+)", each) for each in project["dependencies"]
    ]
    return [f"{pair[1]}=={pair[2]}" for pair in pairs if pair]


def run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
