"""Strings from outside reach terminals, logs, comments and CI files in one way only."""

from __future__ import annotations

import ast
import inspect
import json
import unicodedata
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.render import words
from dcsync.render.words import block, guarded, json_text, quoted, shortened, visible
from dcsync.session.output import github
from dcsync.session.output.console import Console, colored
from tests.security.syntax import dotted

ROOT = Path(__file__).parents[2] / "dcsync"
ROOMS = ("render", "session", "commands")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

HOSTILE = (
    "a\nb",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "\x00\x07\x08\x7f\x85",
    "\u202egpj.exe\u202c",
    "\u2066x\u2069\u200e\u200f\u061c",
    "a\u200b\u2060\ufeff\u00adb",
    "\U000e0041\U000e0042",
    "x\ufe0f\U000e0101",
    "\u2028\u2029\x0b\x0c",
    "\ud800",
    "::error::forged",
    "  ::add-mask::oslo",
    "\t::stop-commands::x",
    "##[error]forged",
    "x ##[group]y ##vso[task.complete]z",
    "###[error]x",
    "``` \n```",
    "@team #1 <!-- dcsync-plan --> [x](https://evil.example.com) | `",
)
"""Each does something to a terminal, a log, a comment or an editor that shows it raw."""


def acts(line: str) -> bool:
    """Whether a line could do anything but be read."""
    categories = {unicodedata.category(each) for each in line}
    return bool(
        categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or line.lstrip().startswith("::")
        or "##[" in line
        or "##vso[" in line
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_string_is_shown_as_what_it_is(text: str) -> None:
    """One line that does nothing, and doing it twice changes nothing."""
    shown = visible(text)

    assert not acts(shown)
    assert not acts(quoted(text))
    assert visible(shown) == shown


@given(st.text(st.characters(), max_size=30))
def test_no_string_acts(text: str) -> None:
    """For any characters, lone surrogates included."""
    assert not acts(visible(text))
    assert not acts(quoted(text))
    assert not any(map(acts, block(text).split("\n")))
    assert not any(map(acts, guarded(text).split("\n")))


@given(st.text(st.characters(), max_size=30))
def test_the_second_line_of_defence_changes_nothing_that_is_safe(text: str) -> None:
    """What `visible` and the colours made reaches the terminal as it is."""
    shown = colored(visible(text), "red")

    assert guarded(shown) == shown


@pytest.mark.slow
@given(st.recursive(st.none() | st.floats() | st.text(st.characters()), st.lists))
def test_json_says_exactly_the_same_and_can_be_printed(content: object) -> None:
    """Whatever acts is escaped; a reader of the JSON gets it back."""

    def finite(each: object) -> object:
        if isinstance(each, list):
            return list(map(finite, each))
        return None if isinstance(each, float) and each - each != 0 else each

    printed = json_text(content)

    assert json.loads(printed) == finite(content)
    assert not any(map(acts, printed.split("\n")))


def test_a_long_string_is_shortened_where_people_read_it() -> None:
    """A name of a megabyte does not fill a terminal, and it is said how much is missing."""
    shown = quoted("a" * 1_000_000)

    assert len(shown) <= 502
    assert shown.endswith('… and 999,530 characters"')
    assert shortened("a" * 500, 500) == "a" * 500


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_words_makes_what_may_be_shown(path: Path) -> None:
    """`Visible(…)` and `Annotations(…)` stand where they are made; casts nowhere."""
    tree = ast.parse(path.read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = {dotted(each.func) for each in calls}
    made |= {
        ast.unparse(each.args[0]) for each in calls if dotted(each.func) == "cast" and each.args
    }

    allowed = {"words.py": {"Visible"}, "diagnostics.py": {"Annotations"}}.get(path.name, set())
    assert made & {"Visible", "Annotations", "'Visible'", "words.Visible"} <= allowed


@pytest.mark.parametrize("name", ["result", "write", "note", "problem", "ask"])
def test_what_prints_takes_nothing_else(name: str) -> None:
    """mypy refuses a plain string."""
    hints = get_type_hints(getattr(Console, name))
    hints.pop("return")

    assert set(hints.values()) == {words.Visible}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_prints_past_the_console(path: Path) -> None:
    """The two streams are written to by the console and the bar above it, nowhere else."""
    tree = ast.parse(path.read_text("utf-8"))
    used = {dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name)}

    streams = {"print", "sys.stdout.write", "sys.stderr.write", "sys.__stdout__"}
    assert not used & streams or path.name == "console.py"


def test_files_of_the_runner_take_nothing_else() -> None:
    """The summary and the outputs are held to the same type."""
    assert "Callable[[], Visible]" in inspect.getsource(github)
