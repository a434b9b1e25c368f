"""`make mutants ROOM=apply`: which changes of a room's code do its tests not notice?

mutmut says what can be changed. Each mutant of a sample is written into a copy of the repository,
and the tests that reach its lines are run in a process of their own: what is made at import counts,
and a hang is a failure. tests/mutants.md lists survivors that change nothing, and why.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

import libcst
from mutmut.mutation.file_mutation import Mutation, MutationVisitor
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parent.parent
TESTS = {
    "apply": ["tests/apply", "tests/rollout"],
    "cloud": ["tests/cloud", "tests/deliver", "tests/model", "tests/security/test_server_words.py"],
    "declare": ["tests/declare", "tests/security/test_urls.py"],
    "drift": ["tests/drift", "tests/cli/test_drift.py"],
    "plan": ["tests/plan", "tests/rollout", "tests/cli/test_forged_plans.py"],
    "render": ["tests/plan", "tests/cli"],
    "commands": ["tests/cli"],
}
"""Where a room's tests are, if not only in the folder of its name."""
CORES = 2
PYTEST = ("-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider")
LONGEST_TEST_S = 30
FAILED = 1
"""pytest's exit code where a test failed, or did not end in time."""
COLLECTION_FAILED = {2, 3, 4}
"""Its codes where the mutant cannot be imported, or tests are no longer found."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one file: its code afterwards, and the lines that it is about."""

    path: str
    lines: range
    code: str
    diff: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tests reach which lines, and how long each of them takes."""

    tests: Mapping[str, Mapping[int, Sequence[str]]]
    seconds: Mapping[str, float]

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that a mutant may make fail, the quick ones first."""
        lines = self.tests.get(mutant.path, {})
        found = {test for line in mutant.lines for test in lines.get(line, ()) if test}
        return sorted(found, key=lambda test: (self.seconds.get(test, 0.0), test))


def main() -> int:
    """Print the survivors and the share that was killed; 1 where it is under `--least`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("room", help="a folder of dcsync: apply")
    parser.add_argument("files", nargs="*", help="some of its files: creation.py sync.py")
    parser.add_argument("--sample", type=int, default=36, help="how many mutants; 0: all")
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--least", type=float, default=0.0, help="the share to kill, in percent")
    arguments = parser.parse_args()
    os.nice(15)
    picked = chosen(arguments.room, arguments.files, arguments.sample, arguments.seed)
    with tempfile.TemporaryDirectory(prefix="dcsync-mutants-") as folder:
        copies = [Path(folder) / f"dcsync-{number}" for number in range(CORES)]
        copy_repository(copies[0])
        reach = reached(copies[0], arguments.room)
        for copy in copies[1:]:
            shutil.copytree(copies[0], copy)
        survivors = survivors_of(picked, reach, copies)
    return report(len(picked), survivors, arguments.least)


def copy_repository(copy: Path) -> None:
    """What Git knows, as it is in the work tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)


def reached(copy: Path, room: str) -> Reach:
    """Run the room's tests on the code as it is, and note what each of them reaches."""
    tests = TESTS.get(room, [f"tests/{room}"])
    measuring = [f"--cov=dcsync/{room}", "--cov-context=test", "--cov-report=", "-rfE"]
    ended = started(copy, [*PYTEST, *measuring, "-vv", "--durations=0", *tests], None)
    if ended.returncode not in (0, FAILED):
        raise SystemExit(ended.stdout[-3000:])
    failing = set(re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", ended.stdout, re.MULTILINE))
    for test in failing:
        print(f"fails as it is, and is left out: {test}")  # noqa: T201 - a script's result
    durations = re.findall(r"^([\d.]+)s (?:call|setup) +(.+)$", ended.stdout, re.MULTILINE)
    seconds: dict[str, float] = {}
    for duration, test in durations:
        seconds[test] = seconds.get(test, 0.0) + float(duration)
    # Checked by content: a mutant can have the size and the second of what it replaces.
    compiled = ["-m", "compileall", "-q", "-f", "--invalidation-mode", "checked-hash", "dcsync"]
    started(copy, compiled, None)
    reach = Reach(tests_by_line(copy, failing), seconds)
    check_selection(copy, reach)
    return reach


def check_selection(copy: Path, reach: Reach) -> None:
    """Where the code is as it was, pytest finds each test by its name."""
    every = {test for lines in reach.tests.values() for tests in lines.values() for test in tests}
    selection = selected(copy, sorted(every - {""}))
    found = started(copy, [*PYTEST, "--collect-only", "-qq", selection], None)
    if found.returncode:
        raise SystemExit(found.stdout[-3000:])


def selected(copy: Path, tests: Sequence[str]) -> str:
    """pytest's argument for so many tests."""
    file = copy / "selected-tests"
    file.write_text("\n".join(tests), "utf-8")
    return f"@{file}"


def tests_by_line(copy: Path, failing: set[str]) -> dict[str, dict[int, list[str]]]:
    """By file and line, the tests that reach it; none of those which fail anyway."""
    started(copy, ["-m", "coverage", "json", "-q", "--show-contexts", "-o", "reach.json"], None)
    files = json.loads((copy / "reach.json").read_text("utf-8"))["files"]
    return {
        name: {
            int(line): sorted({test.rpartition("|")[0] for test in tests} - failing)
            for line, tests in measured["contexts"].items()
        }
        for name, measured in files.items()
    }


def places(room: str, files: Sequence[str]) -> list[tuple[str, int]]:
    """Every mutant of a room, or of some of its files: its file, and its number in there."""
    found = []
    for path in sorted((ROOT / "dcsync" / room).rglob("*.py")):
        if not files or str(path.relative_to(ROOT / "dcsync" / room)) in files:
            name = str(path.relative_to(ROOT))
            found += [(name, number) for number in range(len(mutations_of(name)[1]))]
    return found


@cache
def mutations_of(path: str) -> tuple[libcst.Module, list[Mutation]]:
    """What mutmut would change in the functions of a file."""
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    parsed = libcst.parse_module((ROOT / path).read_text("utf-8"))
    module = libcst.MetadataWrapper(parsed).visit(visitor)
    return module, [each for each in visitor.mutations if each.contained_by_top_level_function]


def mutant_at(path: str, number: int) -> Mutant:
    """A file's mutant of that number."""
    module, mutations = mutations_of(path)
    mutation = mutations[number]
    replaced = module.deep_replace(mutation.original_node, mutation.mutated_node)
    mutated = libcst.ensure_type(replaced, libcst.Module).code
    before, after = module.code.splitlines(), mutated.splitlines()
    changes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    first = next((start + 1 for kind, start, _, _, _ in changes if kind != "equal"), 1)
    diff = "\n".join(difflib.unified_diff(before, after, path, path, n=2, lineterm=""))
    return Mutant(path, statement_at(spans(module.code), first), mutated, diff)


def spans(code: str) -> list[range]:
    """The lines of every statement: of one with a body, those of its head.

    What is said at import concerns all of the file, and a function's head all of the function.
    """
    tree = ast.parse(code)
    at_import = {id(each) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef)
                 for each in node.body}  # fmt: skip
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            end = (node.end_lineno or node.lineno) + 1
            body = getattr(node, "body", None)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.append(range(node.lineno, end))
            elif id(node) in at_import:
                found.append(range(1, len(code.splitlines()) + 1))
            else:
                found.append(
                    range(node.lineno, max(body[0].lineno if body else end, node.lineno + 1))
                )
    return found


def statement_at(statements: Sequence[range], line: int) -> range:
    """The smallest statement that a line is in."""
    around = [span for span in statements if line in span]
    return min(around, key=len, default=range(line, line + 1))


def chosen(room: str, files: Sequence[str], sample: int, seed: int) -> list[Mutant]:
    """The same random sample for the same seed and code."""
    found = places(room, files)
    if not found:
        raise SystemExit("there is nothing to mutate")
    if sample and sample < len(found):
        found = random.Random(seed).sample(found, sample)
    return [mutant_at(path, number) for path, number in found]


def survivors_of(
    mutants: Sequence[Mutant], reach: Reach, copies: Sequence[Path]
) -> list[tuple[Mutant, int]]:
    """The mutants that no test notices, each with how many tests reach it."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def survives(mutant: Mutant) -> bool:
        copy = free.get()
        try:
            return not killed(mutant, reach, copy)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        verdicts = list(pool.map(survives, mutants))
    pairs = zip(mutants, verdicts, strict=True)
    return [(mutant, len(reach.of(mutant))) for mutant, survived in pairs if survived]


def killed(mutant: Mutant, reach: Reach, copy: Path) -> bool:
    """Whether a test fails, or does not end, with the mutant in the copy."""
    tests = reach.of(mutant)
    if not tests:
        return False
    original = (copy / mutant.path).read_text("utf-8")
    (copy / mutant.path).write_text(mutant.code, "utf-8")
    limit = 60 + 10 * sum(reach.seconds.get(test, 0.0) for test in tests)
    options = ["-x", f"--timeout={LONGEST_TEST_S}", selected(copy, tests)]
    try:
        ended = started(copy, [*PYTEST, *options], limit)
    except subprocess.TimeoutExpired:
        return True
    finally:
        (copy / mutant.path).write_text(original, "utf-8")
    return ended.returncode == FAILED or ended.returncode in COLLECTION_FAILED


def started(
    copy: Path, arguments: Sequence[str], limit: float | None
) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy and wait for its end; after the limit, end all that it started."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    if limit is None:
        del environment["PYTHONDONTWRITEBYTECODE"]
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=copy, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            output, _ = process.communicate(timeout=limit)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, output, "")


def report(tried: int, survivors: Sequence[tuple[Mutant, int]], least: float) -> int:
    """Print what survived and the tally."""
    for mutant, tests in survivors:
        print(f"\nSURVIVED {tests} tests that reach it\n{mutant.diff}")  # noqa: T201
    share = 100 * (tried - len(survivors)) / tried
    print(f"{tried - len(survivors)} of {tried} mutants were killed: {share:.1f} %.")  # noqa: T201
    return int(share < least)


if __name__ == "__main__":
    sys.exit(main())
