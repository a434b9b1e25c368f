"""A Plan for a pull-request comment. Returns strings, prints nothing.

Everything that somebody else wrote (names, values, messages) stands inside a code fence that it
cannot close, so that no `@team`, `|`, backtick or `<!--` in a display name does anything, and
holds no `<!--`, so that none can pass for the marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dcsync.plan import Change, Operation, Plan
from dcsync.plan.operations import LOSING
from dcsync.render.impact import TITLE as IMPACT
from dcsync.render.impact import render_impacts
from dcsync.render.plan_text import headline, render_value, tally, unmanaged_line
from dcsync.render.words import Visible, block, lines, paragraphs, value, visible

MARKER = "<!-- dcsync-plan -->"
"""Finds the comment again, to update it in place of adding another."""
SIZE_LIMIT = 65_536
"""Characters that a comment on GitHub may have."""
NOTE_SIZE = 200
"""Characters kept free for the notes about what was cut."""


def render_plan(plan: Plan) -> Visible:
    """Marker, tally, what holds the run back, the operations as a diff, and what is left alone."""
    top = paragraphs([_title(plan), tally(plan), *_alerts(plan)])
    room = SIZE_LIMIT - len(top) - NOTE_SIZE
    operations = section("Operations", "diff", _operation_blocks(plan), room)
    room -= len(operations)
    unmanaged = [unmanaged_line(each) for each in plan.unmanaged]
    left_alone = section("Left alone", "text", unmanaged, room)
    return paragraphs([top, operations, left_alone])


def _title(plan: Plan) -> Visible:
    return block(f"{MARKER}\n### dcsync plan{'' if plan.is_whole else ', incomplete'}")


def _alerts(plan: Plan) -> Iterator[Visible]:
    """What a reviewer must not overlook."""
    losses = sum(operation.action in LOSING for operation in plan.operations)
    if losses:
        drop = "drops" if losses == 1 else "drop"
        yield block(f"> [!CAUTION]\n> {losses} of these {drop} undelivered events for good.")
    remarks = [
        *(visible(str(problem)) for problem in plan.problems),
        *(visible(f"refused: {guard.message}") for guard in plan.guards),
        *(visible(str(warning)) for warning in plan.warnings),
    ]
    if remarks:
        yield section("Please read", "text", remarks, SIZE_LIMIT // 4)
    if impacts := list(render_impacts(plan))[1:]:
        yield section(IMPACT, "text", impacts, SIZE_LIMIT // 8)


def _operation_blocks(plan: Plan) -> list[Visible]:
    return [lines(_operation(operation)) for operation in plan.operations]


def _operation(operation: Operation) -> Iterator[Visible]:
    yield visible(f"@@ {headline(operation)} @@")
    if operation.action == "blocked":
        yield visible(f"! blocked: {operation.reason}")
    for change in operation.changes:
        yield from _change(change)
    yield from (visible(f"! {warning}") for warning in operation.warnings)


def _change(change: Change) -> Iterator[Visible]:
    path = value(change.path)
    if change.before is not None:
        yield visible(f"- {path}: {render_value(change, change.before)}")
    if change.after is not None:
        yield visible(f"+ {path}: {render_value(change, change.after)}")


def section(title: str, language: str, blocks: Sequence[Visible], room: int) -> Visible:
    """The blocks in one fence under a title, the last ones left out where there is no room."""
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
