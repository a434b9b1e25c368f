"""The docs cannot rot: their commands print what they say, and their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .pages import DOCS, PAGES, alike, page, run_page


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_the_page_shows_what_a_user_sees(name: str, tmp_path: Path) -> None:
    """Each command is run in the order of the page, in one shell and an empty folder; the page
    itself starts the cloud that it talks to.
    """
    folder = tmp_path / "work"
    folder.mkdir()
    ran = 0
    for command, shown, output in run_page(page(name), folder):
        assert alike(output) == alike(shown), command
        ran += 1
    assert ran


def test_every_link_of_the_docs_leads_somewhere() -> None:
    """Relative links name files that are there."""
    for path in DOCS.glob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"
