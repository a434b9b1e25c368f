"""`dcsync fmt`: one canonical form, and never another meaning.

Adding a case is adding a file to `formatting/before`; `pytest tests/declare --update-corpus`
writes its canonical form, which is then reviewed.
"""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dcsync.declare.canonical import key_order, layout
from dcsync.declare.canonical.formatting import format_text
from dcsync.declare.strict_yaml.reader import read
from tests.declare.editing import EDITS, edited, relaxed

HERE = Path(__file__).parent
BEFORE = sorted((HERE / "formatting" / "before").iterdir())
GOOD = sorted((HERE / "corpus" / "good").glob("*.yaml"))

Run = Callable[..., tuple[int, str, str]]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def values(text: str) -> list[object]:
    return [document.value for document in read(text.encode()).documents]


@pytest.mark.parametrize("path", BEFORE, ids=lambda path: path.name)
def test_a_file_gets_its_canonical_form(path: Path, request: pytest.FixtureRequest) -> None:
    """Keys in order, two spaces, one space after a colon; comments and quoting as they were."""
    after = format_text(text_of(path))
    expected = HERE / "formatting" / "after" / path.name
    if request.config.getoption("--update-corpus", default=False):
        expected.write_bytes(after.encode())

    assert after == text_of(expected)


@pytest.mark.parametrize(
    "path", [*BEFORE, *GOOD], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_formatting_keeps_the_meaning_and_needs_no_second_time(path: Path) -> None:
    """The values are equal, no comment is lost, and formatting again changes nothing."""
    before = text_of(path)
    after = format_text(before)

    assert values(after) == values(before)
    assert sorted("".join(after.split())) == sorted("".join(before.replace("\ufeff", "").split()))
    assert format_text(after) == after


@pytest.mark.slow
@relaxed
@given(st.sampled_from([*BEFORE, *GOOD]), EDITS)
def test_a_damaged_file_keeps_its_meaning(path: Path, edits: list[tuple[float, int, str]]) -> None:
    """Whatever can still be read after typing errors is formatted without another meaning."""
    text = edited(text_of(path), edits)
    if read(text.encode()).problems:
        return
    after = format_text(text)

    assert values(after) == values(text)
    assert format_text(after) == after


@pytest.mark.parametrize("path", BEFORE, ids=lambda path: path.name)
def test_formatting_does_not_depend_on_libyaml(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML has no libyaml, the canonical form is the same."""
    monkeypatch.setattr(layout, "LOADER", yaml.SafeLoader)
    monkeypatch.setattr(key_order, "LOADER", yaml.SafeLoader)

    assert format_text(text_of(path)) == text_of(HERE / "formatting" / "after" / path.name)


@pytest.mark.parametrize("character", ["\r", "\x85", "\u2028", "\u2029"])
def test_a_file_with_unusual_line_ends_is_left_alone(character: str) -> None:
    """Where YAML and editors do not agree what a line is, nothing is moved."""
    text = f"project: c9n2k4v0t7s1r3m5b6d8 # a{character}dcsync:   1\n"

    assert format_text(text) == text


MESSY = """policy:   {prune: none}
dcsync: 1
project: c9n2k4v0t7s1r3m5b6d8
connectors: {}
"""
TIDY = """dcsync: 1
project: c9n2k4v0t7s1r3m5b6d8
policy: {prune: none}
connectors: {}
"""


def test_files_are_rewritten(run: Run) -> None:
    """Each rewritten file is named; permissions and links stay."""
    Path("a.yaml").write_text(MESSY, "utf-8")
    Path("a.yaml").chmod(0o600)
    Path("b").mkdir()
    Path("b/link.yaml").symlink_to("../a.yaml")

    assert run("fmt", "-f", "b") == (0, "b/link.yaml\n", "1 of 1 file formatted.\n")
    assert Path("a.yaml").read_text("utf-8") == TIDY
    assert stat.S_IMODE(Path("a.yaml").stat().st_mode) == 0o600
    assert Path("b/link.yaml").is_symlink()
    assert run("fmt") == (0, "", "1 file in canonical form.\n")
    assert sorted(path.name for path in Path().iterdir()) == ["a.yaml", "b"]


def test_check_only_tells(run: Run) -> None:
    """With --check a differing file is exit code 1, and stays as it is."""
    Path("a.yaml").write_text(MESSY, "utf-8")
    Path("b.yaml").write_text(TIDY, "utf-8")

    assert run("fmt", "--check") == (1, "a.yaml\n", "1 of 2 files would be formatted.\n")
    assert Path("a.yaml").read_text("utf-8") == MESSY
    assert run("fmt", "--check", "-f", "b.yaml")[0] == 0


def test_diff_shows_what_differs(run: Run) -> None:
    """With --diff the changes are shown and not made; with --check as well, exit code 1."""
    Path("a.yaml").write_text(MESSY, "utf-8")

    code, out, _ = run("fmt", "--diff")

    assert code == 0
    assert out.startswith("--- a.yaml\n+++ a.yaml (formatted)\n@@ ")
    assert "-policy:   {prune: none}\n" in out
    assert "+policy: {prune: none}\n" in out
    assert Path("a.yaml").read_text("utf-8") == MESSY
    assert run("fmt", "--diff", "--check")[0] == 1


def test_what_cannot_be_read_is_not_formatted(run: Run) -> None:
    """One broken file stops the run before any file is changed."""
    Path("a.yaml").write_text(MESSY, "utf-8")
    Path("b.yaml").write_text("dcsync: 1\ndcsync: 1\n", "utf-8")

    code, out, err = run("fmt")

    assert (code, out) == (1, "")
    assert err == "b.yaml:2:1: error: 'dcsync' is given twice: first in line 1, column 1\n"
    assert Path("a.yaml").read_text("utf-8") == MESSY


def test_the_examples_are_in_canonical_form(run: Run) -> None:
    """What people copy is what fmt would write."""
    examples = str(HERE.parents[1] / "examples")

    assert run("fmt", "--check", "-f", examples)[0] == 0
