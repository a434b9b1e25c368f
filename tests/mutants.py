"""`make mutants ROOM=apply`: which changes of a room's code do its tests not notice? Uses mutmut.

A sample of a room's mutants is run against the room's tests, in a copy of the repository. What
survives is shown as a diff; tests/mutants.md lists survivors that change nothing, and why.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = {
    "declare": ["tests/declare", "tests/security/test_urls.py"],
    "plan": ["tests/plan", "tests/apply", "tests/cli/test_forged_plans.py"],
    "render": ["tests/plan", "tests/cli"],
    "commands": ["tests/cli"],
}
"""Where a room's tests are, if not only in the folder of its name."""
COPIED = ("schemas", "examples", "docs", "demo", "benchmarks", "README.md", "CHANGELOG.md")
KILLED = {1, 3, 36, -9, -11, -24, 24, 152, 255}
"""mutmut's codes: tests failed, or did not end in time."""
NO_TEST = 33
CORES = 2


def main() -> int:
    """Print the survivors and the share that was killed; 1 where it is under `--least`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "room", help="a folder of dcsync, or one of its files: declare/files/finding.py"
    )
    parser.add_argument("--sample", type=int, default=36, help="how many mutants; 0: all")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--least", type=float, default=0.0, help="the share to kill, in percent")
    arguments = parser.parse_args()
    os.nice(10)
    with tempfile.TemporaryDirectory(prefix="dcsync-mutants-") as folder:
        copy = Path(folder) / "dcsync"
        copy_repository(copy, arguments.room)
        mutmut(copy, "run", "none", check=False)  # makes the mutants, and finds each one's tests
        names = chosen(sorted(codes(copy)), arguments.sample, arguments.seed)
        mutmut(copy, "run", *names)
        return report(copy, names, arguments.least)


def copy_repository(copy: Path, room: str) -> None:
    """What Git knows, as it is in the work tree, configured for the room."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(configuration(room))


def configuration(room: str) -> str:
    """mutmut's table of pyproject.toml."""
    pattern = f"dcsync/{room}" if room.endswith(".py") else f"dcsync/{room}/*"
    name = room.partition("/")[0]
    values = {
        "source_paths": ["dcsync"],
        "only_mutate": [pattern],
        "also_copy": [each for each in COPIED if (ROOT / each).exists()],
        "pytest_add_cli_args": [
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:unraisableexception",
            "--timeout=0",
        ],
        "pytest_add_cli_args_test_selection": TESTS.get(name, [f"tests/{name}"]),
    }
    lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
    return "\n[tool.mutmut]\n" + "\n".join(lines) + "\n"


def mutmut(copy: Path, *arguments: str, check: bool = True) -> str:
    """Run mutmut in the copy, out of everybody's way; what it printed."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    if arguments[0] == "run":
        command += ["--max-children", str(CORES)]
    ended = subprocess.run(
        command, cwd=copy, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if check and ended.returncode:
        raise SystemExit(ended.stdout[-3000:] + ended.stderr[-3000:])
    return ended.stdout


def codes(copy: Path) -> dict[str, int | None]:
    """Every mutant by name, with mutmut's code for what became of it; None: not run."""
    found: dict[str, int | None] = {}
    for path in sorted((copy / "mutants" / "dcsync").rglob("*.meta")):
        found.update(json.loads(path.read_text("utf-8"))["exit_code_by_key"])
    if not found:
        raise SystemExit("there is nothing to mutate, or its tests fail as they are")
    return found


def chosen(names: Sequence[str], sample: int, seed: int) -> list[str]:
    """The same random sample for the same seed and code."""
    if not sample or sample >= len(names):
        return list(names)
    return random.Random(seed).sample(names, sample)


def report(copy: Path, names: Sequence[str], least: float) -> int:
    """Print what survived and the tally."""
    ended = codes(copy)
    survivors = [name for name in names if ended[name] not in KILLED]
    for name in survivors:
        why = "no test" if ended[name] == NO_TEST else f"code {ended[name]}"
        print(f"\nSURVIVED ({why}) {name}\n{mutmut(copy, 'show', name)}")  # noqa: T201 - a script's result
    share = 100 * (len(names) - len(survivors)) / len(names)
    print(f"{len(names) - len(survivors)} of {len(names)} mutants were killed: {share:.1f} %.")  # noqa: T201
    return int(share < least)


if __name__ == "__main__":
    sys.exit(main())
