"""What stands around the code: the Makefile, the guides, the index for machines."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.release.building import ROOT

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


def test_no_conflict_was_committed() -> None:
    """A marker in a Makefile or a page is no syntax error to any of the checkers."""
    markers = r"^(<{7}|>{7}|\|{7}) "

    found = subprocess.run(
        ["git", "grep", "-lIE", markers], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert found.stdout == ""


def test_every_target_of_the_makefile_is_told() -> None:
    """A target that makes no file of its name is phony; a folder of that name hides it else."""
    targets = set(re.findall(r"^([a-z]+):(?!=)", MAKEFILE, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split())

    assert targets == phony


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md", "SECURITY.md", ".ci/run"])
def test_guides_name_targets_that_there_are(name: str) -> None:
    """`make X` of a guide is in the Makefile."""
    text = (ROOT / name).read_text("utf-8")

    named = set(re.findall(r"(?:^|`)make ([a-z]+)\b", text, re.MULTILINE))
    assert named <= set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "llms.txt"])
def test_guides_name_files_that_there_are(name: str) -> None:
    """Links, and paths in backquotes that begin with a folder of the repository."""
    text = (ROOT / name).read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", text)
    rooms = {path.name for path in (ROOT / "dcsync").iterdir()} | {
        path.name for path in ROOT.iterdir()
    }
    named = re.findall(r"`([\w./-]+)`", text)
    paths = [each for each in named if each.split("/")[0] in rooms and "NAME" not in each]

    assert links
    for each in (*links, *paths):
        assert (ROOT / each).exists() or (ROOT / "dcsync" / each).exists(), each


def test_the_index_for_machines_has_every_page() -> None:
    """llms.txt lists the documentation, each page once with what it answers."""
    text = (ROOT / "llms.txt").read_text("utf-8")

    pages = {path.name for path in Path(ROOT / "docs").glob("*.md")} - {"README.md"}
    listed = re.findall(r"^- \[[^\]]+\]\(docs/([\w-]+\.md)\): \S", text, re.MULTILINE)
    assert sorted(listed) == sorted(pages)
    assert text.startswith("# dcsync\n\n> ")
