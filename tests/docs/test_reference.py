"""The generated pages say what the parser and the schema say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import declare
from dcsync.arguments import COMMANDS, Parsers, parse

from .reference import SCHEMA, commands_page, fields_page, library_page, llms_text

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("commands.md", commands_page),
        ("fields.md", fields_page),
        ("library.md", library_page),
        ("llms.txt", llms_text),
    ],
)
def test_generated_pages_are_up_to_date(name: str, make: Callable[[], str]) -> None:
    """`make generated` has been run since the last change."""
    assert (DOCS / name).read_text("utf-8") == make()


def test_every_page_is_in_the_index() -> None:
    """Whoever reads the list of pages, person or program, finds each."""
    listed = set(re.findall(r"\]\(([\w.-]+\.md)\)", llms_text()))

    assert listed == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


def test_the_schema_for_editors_is_up_to_date() -> None:
    """The file is what the connector types and the base make."""
    assert SCHEMA.read_text("utf-8") == declare.schema_text("declaration")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_examples_that_the_parser_takes(name: str) -> None:
    """Each command says first what it is for, and its examples are real."""
    parser = Parsers()[name]
    lines = (parser.epilog or "").splitlines()
    examples = [line for line in lines if line.startswith("  dcsync")]

    assert lines[0] == "examples:"
    assert parser.description
    assert parser.format_help().rstrip().endswith(lines[-1])
    for example in examples:
        words = shlex.split(re.split(r" [|>]+ ", example)[0])
        assert parse(words[1:]).command in (name, "apply")  # `report` begins with what it merges
