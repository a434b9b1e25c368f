"""docs/backfill.md is whole; tests/docs run its commands."""

from __future__ import annotations

from pathlib import Path

from dcsync.arguments import Parsers

PAGE = (Path(__file__).parents[2] / "docs" / "backfill.md").read_text(encoding="utf-8")


def test_every_option_is_on_the_page() -> None:
    """An option of this command is explained here, or is one that every command has."""
    parsers = Parsers()
    own = set(parsers["backfill"]._option_string_actions)
    shared = set(parsers["plan"]._option_string_actions)

    assert [option for option in sorted(own - shared) if option not in PAGE] == []
