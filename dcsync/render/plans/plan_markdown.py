"""A Plan for a pull-request comment. Returns strings, prints nothing.

Everything that somebody else wrote (names, values, messages) stands inside a code fence that it
cannot close, so that no `@team`, `|`, backtick or `<!--` in a display name does anything, and
holds no `<!--`, so that none can pass for the marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dcsync.formats import View
from dcsync.plan import Change, Operation, Plan
from dcsync.plan.operations import LOSING
from dcsync.render.plans.impact import TITLE as IMPACT
from dcsync.render.plans.impact import render_impacts
from dcsync.render.plans.plan_body import is_shortened
from dcsync.render.plans.plan_groups import ChangeGroup
from dcsync.render.plans.plan_lines import (
    SYMBOLS,
    groups_of,
    headlines,
    left_alone,
    remarks,
    render_value,
    whereabouts,
)
from dcsync.render.plans.plan_summary import project_lines
from dcsync.render.plans.plan_text import tally
from dcsync.render.words import Visible, block, lines, paragraphs, plain, value, visible

MARKER = "<!-- dcsync-plan -->"
"""Identifies the comment, to update it instead of adding another."""
SIZE_LIMIT = 65_536
"""Characters that a comment on GitHub may have."""
NOTE_SIZE = 200
"""Characters kept free for the notes about what was cut."""
SHOWN_ONCE = "Equal changes are shown once (`<project>`, `…`: what differs); `--expand` shows each."


def render_plan(plan: Plan, view: View = View.GROUPED) -> Visible:
    """Marker, tally, guards, deletes first, then the other operations as a diff, and unmanaged
    connectors."""
    top = paragraphs([_title(plan), tally(plan), *_alerts(plan, view)])
    groups = groups_of(plan, view)
    note = block(SHOWN_ONCE) if is_shortened(plan, groups, view) else visible("")
    room = SIZE_LIMIT - len(top) - len(note) - 2 * NOTE_SIZE
    sections = []
    for title, language, blocks in _sections(plan, groups, view, room - NOTE_SIZE):
        sections.append(section(title, language, blocks, room))
        room -= len(sections[-1])
    return paragraphs([top, *sections, note])


def _sections(
    plan: Plan, groups: Sequence[ChangeGroup], view: View, room: int
) -> Iterator[tuple[str, str, Sequence[Visible]]]:
    if view is View.SUMMARY:
        yield "Projects", "diff", list(project_lines(plan, plain))
        return
    losing = [each for each in groups if each.is_losing]
    yield "Deletes and replaces", "diff", _losses(losing, plan, room)
    others = [lines(_group(each, plan)) for each in groups if not each.is_losing]
    yield "Operations", "diff", others
    yield "Left alone", "text", left_alone(plan, view)


def _title(plan: Plan) -> Visible:
    return block(f"{MARKER}\n### dcsync plan{'' if plan.is_whole else ', incomplete'}")


def _alerts(plan: Plan, view: View) -> Iterator[Visible]:
    """What a reviewer must not overlook."""
    losses = sum(operation.action in LOSING for operation in plan.operations)
    if losses:
        drop = "drops" if losses == 1 else "drop"
        yield block(f"> [!CAUTION]\n> {losses} of these {drop} undelivered events for good.")
    warnings, problems, guards = remarks(plan, view)
    found = [each.line(plan.names) for each in (*problems, *guards, *warnings)]
    if found:
        yield section("Warnings", "text", found, SIZE_LIMIT // 4)
    if impacts := list(render_impacts(plan))[1:]:
        yield section(IMPACT, "text", impacts, SIZE_LIMIT // 8)


def _losses(groups: Sequence[ChangeGroup], plan: Plan, room: int) -> Sequence[Visible]:
    """What is dropped, with its fields where there is room for them: none may be left out."""
    full = [each for group in groups for each in _group(group, plan)]
    if sum(len(each) + 1 for each in full) < room:
        return full
    return [_shortest(each) for group in groups for each in group.operations]


def _shortest(operation: Operation) -> Visible:
    return visible(
        f"{SYMBOLS[operation.action]} {operation.address or operation.data_connector_id}"
    )


def _group(group: ChangeGroup, plan: Plan) -> Iterator[Visible]:
    yield from (visible(f"@@ {each} @@") for each in headlines(group, plan.names))
    if where := whereabouts(group, plan.names):
        yield visible(f"  {where}")
    if group.first.action == "blocked":
        yield visible(f"! blocked: {group.first.reason}")
    for change in group.changes:
        yield from _change(change)
    yield from (visible(f"! {warning}") for warning in group.warnings)


def _change(change: Change) -> Iterator[Visible]:
    path = value(str(change.path))
    if change.before is not None:
        yield visible(f"- {path}: {render_value(change, change.before)}")
    if change.after is not None:
        yield visible(f"+ {path}: {render_value(change, change.after)}")


def section(title: str, language: str, blocks: Sequence[Visible], room: int) -> Visible:
    """The blocks in one fence under a title; the last ones are omitted if there is no room."""
    if not blocks:
        return visible("")
    fence = _fence(blocks)
    kept = list(_fitting(blocks, room - len(title) - 2 * len(fence) - NOTE_SIZE))
    left_out = len(blocks) - len(kept)
    note = f"\n\n… and {left_out} more; see the job's log." if left_out else ""
    body = lines(kept).replace("<!--", r"<\x21--")
    return block(f"#### {title}\n\n{fence}{language}\n{body}\n{fence}{note}")


def _fitting(blocks: Iterable[Visible], room: int) -> Iterator[Visible]:
    for each in blocks:
        room -= len(each) + 3 * each.count("<!--") + 1
        if room < 0:
            return
        yield each


def _fence(blocks: Iterable[str]) -> str:
    """A fence that nothing in the blocks can close."""
    runs = (run for each in blocks for run in re.findall("`+", each))
    return "`" * max(3, 1 + max(map(len, runs), default=0))
