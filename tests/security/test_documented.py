"""docs/security.md: each promise names a test, and the test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith(("| ---", "| promise"))
]


def test_the_page_has_promises() -> None:
    """Two columns a row: a promise, and one test that shows it."""
    assert len(ROWS) > 20
    assert [row for row in ROWS if len(row) != 2] == []


@pytest.mark.parametrize(("promise", "shown_by"), ROWS, ids=[row[0][:50] for row in ROWS])
def test_a_promise_names_a_test_that_exists(promise: str, shown_by: str) -> None:
    """`tests/room/test_file.py::test_function`, with a docstring of its own."""
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", shown_by)
    assert named, f"{promise} names no test"
    tree = ast.parse((ROOT / named[1]).read_text("utf-8"))
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}

    assert named[2] in functions
    assert ast.get_docstring(functions[named[2]])
