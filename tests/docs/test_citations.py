"""Comments give reasons by section of docs/api.md and docs/contract.md: the sections are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CITATION = re.compile(r"docs/(api|contract)\.md sections? (\d+(?:\.\d+)?)")
HEADING = re.compile(r"^#+ (\d+(?:\.\d+)?)\.? ", re.MULTILINE)


def sections_of(page: str) -> set[str]:
    """The numbers of a page's headings."""
    return set(HEADING.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8")))


def sources() -> Iterator[Path]:
    for folder in ("dcsync", "tests", "demo", "benchmarks", "docs"):
        yield from (ROOT / folder).rglob("*.py")
        yield from (ROOT / folder).rglob("*.md")


@pytest.mark.parametrize("page", ["api", "contract"])
def test_the_pages_have_numbered_sections(page: str) -> None:
    """Both pages begin to count at 1."""
    assert "1" in sections_of(page)


def test_each_cited_section_exists() -> None:
    """A reader who looks a reason up finds it."""
    known = {page: sections_of(page) for page in ("api", "contract")}
    missing = [
        f"{path.relative_to(ROOT)}: {page} {section}"
        for path in sources()
        for page, section in CITATION.findall(path.read_text("utf-8"))
        if section not in known[page]
    ]

    assert not missing


def test_reasons_are_cited_where_they_are() -> None:
    """Nothing points at a page that is not in the repository."""
    elsewhere = re.compile("dt-" + r"api\.md|CONT" + r"RACT section")

    assert not [str(path) for path in sources() if elsewhere.search(path.read_text("utf-8"))]
