"""Runs the tests with each Python that dcsync is for and that this machine has; downloads none.

Run by `make matrix`; what follows its arguments goes to pytest. Says which ones were not there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def main() -> None:
    ended: dict[str, str] = {}
    for version in VERSIONS:
        python = next(interpreters(version), None)
        ended[version] = tested(python, sys.argv[1:]) if python else "is not at hand"
    for version, word in ended.items():
        print(f"Python {version} {word}")  # noqa: T201 - a script's result
    sys.exit("failed" in ended.values() or "passed" not in ended.values())


def interpreters(version: str) -> Iterator[str]:
    """Where Python of that version is: on PATH, in pyenv's folder, or in uv's."""
    pyenv = Path.home() / ".pyenv" / "versions"
    found = [shutil.which(f"python{version}") or ""]
    found += [str(path / "bin" / "python") for path in sorted(pyenv.glob(f"{version}.*"))]
    if uv := shutil.which("uv", path=f"{Path(sys.executable).parent}:{Path('/usr/bin')}"):
        command = [uv, "python", "find", "--no-project", "--no-python-downloads", version]
        found.append(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for each in filter(None, found):
        answer = subprocess.run([each, "-c", ask], capture_output=True, text=True, check=False)
        if answer.stdout.strip() == version:
            yield each


def tested(python: str, options: list[str]) -> str:
    """A word on how the tests ended with this Python, in an environment of its own."""
    with tempfile.TemporaryDirectory(prefix="dcsync-matrix-") as name:
        subprocess.run([python, "-m", "venv", name], check=True)
        inside = str(Path(name) / "bin" / "python")
        pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
        subprocess.run([*pip, "--group", "dev", "--editable", "."], cwd=ROOT, check=True)
        spread = ["--numprocesses", "auto", "--maxprocesses", "8"]
        command = [inside, "-m", "pytest", "-q", *spread, *options]
        return "passed" if subprocess.run(command, cwd=ROOT).returncode == 0 else "failed"


if __name__ == "__main__":
    main()
