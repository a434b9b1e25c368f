"""docs/watching.md names every option; tests/docs runs its commands."""

from __future__ import annotations

from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "watching.md").read_text(encoding="utf-8")


def test_every_option_is_on_the_page() -> None:
    """An option of these commands is explained here, or is one that every command has."""
    from dcsync.arguments import Parsers

    parsers = Parsers()
    shared = set(parsers["apply"]._option_string_actions) | {"--format", "--port"}
    own = {
        option
        for name in ("watch", "verify", "status", "receive")
        for option in parsers[name]._option_string_actions
    }

    assert [option for option in sorted(own - shared) if option not in PAGE] == []
