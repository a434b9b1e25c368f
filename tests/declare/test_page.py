"""docs/declarations.md cannot rot: its declarations load, its problems are the ones told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import declare
from dcsync.declare.files import finding as files
from dcsync.declare.references import resolving, secret_files
from dcsync.declare.strict_yaml import builder

Run = Callable[..., tuple[int, str, str]]

PAGE = (Path(__file__).parents[2] / "docs" / "declarations.md").read_text("utf-8")
*GOOD, BROKEN = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SAID = re.findall(r"^```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_each_declaration_of_the_page_loads(text: str) -> None:
    """Every file that the page shows is a good one, and earns no warning."""
    environ = {"DT_SIGNATURE_SECRET": "the-secret"}
    loaded = declare.load_contents({Path("a.yaml"): text.encode()}, environ=environ)

    assert loaded.projects
    assert loaded.warnings == ()


def test_the_problems_of_the_page_are_told(run: Run) -> None:
    """The broken file gives the lines that the page shows."""
    Path("broken.yaml").write_text(BROKEN, "utf-8")

    assert run("validate") == (1, "", SAID[0])


def test_the_limits_of_the_page_are_the_real_ones() -> None:
    """Each number that the page gives is the one that the code keeps."""
    limits = (builder.MAX_VALUES, builder.MAX_DEPTH, files.MAX_BYTES, secret_files.MAX_BYTES)
    for limit in (*limits, resolving.MAX_NESTED):
        assert re.search(rf"\b{limit:,}\b", PAGE)
