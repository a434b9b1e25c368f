"""The plan as a pull-request comment: what anybody wrote into a name does nothing there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcsync.errors import RefusedError
from dcsync.model import field_path
from dcsync.plan import Change, Create, Plan, Unmanaged
from dcsync.render.plans import plan_json, plan_markdown
from dcsync.render.plans.plan_file import read_plan

CASES = Path(__file__).parent.parent / "cases"
EVIL = "@team | `x` ```\n```diff\n<!-- --> ~~~ [link](https://example.com) </details>"


def plan_of(names: Iterable[str], unmanaged: Iterable[str] = ()) -> Plan:
    operations = tuple(
        Create(
            address=f"oslo/{number}",
            project_key="oslo",
            project_id="c0md3pm0p7bet3vico8g",
            data_connector_id="",
            display_name=name,
            reason="declared and not live",
            source=None,
            changes=(
                Change(field_path("display_name"), None, name),
                Change(field_path("config.url"), None, name),
            ),
            warnings=(name,),
        )
        for number, name in enumerate(names)
    )
    left = tuple(
        Unmanaged("oslo", "c0md3pm0p7bet3vico8g", "id", each, each, each) for each in unmanaged
    )
    return Plan(operations, 0, left, (), (), (), "0" * 64)


def outside_of_fences(markdown: str) -> str:
    """What GitHub renders as markdown: everything but the fenced blocks."""
    return re.sub(r"^(`{3,})\w*\n.*?\n\1$", "", markdown, flags=re.DOTALL | re.MULTILINE)


def test_names_cannot_leave_their_fence() -> None:
    """Mentions, tables, comments and fences in names stay text."""
    markdown = plan_markdown.render_plan(plan_of([EVIL], [EVIL]))

    outside = outside_of_fences(markdown)
    assert "@team" in markdown
    assert not any(word in outside for word in ("@team", "x`", "link", "details"))
    assert outside.count("<!--") == 1


@given(st.lists(st.text(max_size=40), max_size=4))
def test_no_name_changes_what_stands_outside(names: list[str]) -> None:
    """For any names, all that is outside of the fences is dcsync's own."""
    markdown = plan_markdown.render_plan(plan_of(names, names))
    harmless = plan_markdown.render_plan(plan_of(["x"] * len(names), ["x"] * len(names)))
    digest = re.compile("Digest [0-9a-f]{8}")

    assert digest.sub("", outside_of_fences(markdown)) == digest.sub(
        "", outside_of_fences(harmless)
    )


def test_it_begins_with_the_marker() -> None:
    """The comment can be found again."""
    assert plan_markdown.render_plan(plan_of(["a"])).startswith(plan_markdown.MARKER)


@pytest.mark.parametrize("count", [0, 1, 100, 5_000])
def test_it_fits_into_a_comment_and_keeps_its_summary(count: int) -> None:
    """However large a plan is, the comment holds the tally and says how much is missing."""
    names = [f"connector {number}" for number in range(count)]
    plan = plan_of(names, names)

    markdown = plan_markdown.render_plan(plan)

    assert len(markdown) <= plan_markdown.SIZE_LIMIT
    assert count < 5_000 or re.search(r"… and \d+ more", markdown)
    assert count == 0 or f"Plan: {count} to create" in markdown


def test_one_huge_name_does_not_burst_it() -> None:
    """A name that is too long for people is shortened, and says so."""
    markdown = plan_markdown.render_plan(plan_of(["a" * 70_000]))

    assert len(markdown) <= 6_000
    assert f"{'a' * 400}" in markdown
    assert "… and 69,530 characters" in markdown


def test_one_huge_operation_does_not_burst_it() -> None:
    """A single operation that is too long is left out, and counted."""
    (operation,) = plan_of(["a"]).operations
    huge = replace(operation, warnings=("a" * 3_000,) * 30)

    markdown = plan_markdown.render_plan(replace(plan_of([]), operations=(huge,)))

    assert len(markdown) <= plan_markdown.SIZE_LIMIT
    assert "… and 1 more" in markdown


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_a_saved_plan_is_read_as_it_was(name: str) -> None:
    """Whatever is in a plan survives being saved, in every format; part of one is refused."""
    text = (CASES / name / "plan.json").read_text("utf-8")
    content = json.loads(text)
    asked = {key: content["narrowing"][key] for key in ("addresses", "excepted", "projects")}
    rest = {"paths": [], "changed_since": "", "base": "", "allow_deletes": 0}
    saved = json.dumps({**content, "selection": {**asked, **rest}})
    if content["digest"] is None:
        with pytest.raises(RefusedError, match="incomplete"):
            read_plan(saved, name)
        return

    plan, _ = read_plan(saved, name)

    assert "".join(plan_json.render_plan(plan)) + "\n" == text
    assert len(plan_markdown.render_plan(plan)) <= plan_markdown.SIZE_LIMIT
