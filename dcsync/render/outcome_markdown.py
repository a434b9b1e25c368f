"""What became of operations, for a job summary or a comment. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dcsync.apply import Outcome, Status
from dcsync.plan import Plan
from dcsync.render.outcome_text import render_outcome, sync_tally, tally_of
from dcsync.render.plan_markdown import NOTE_SIZE, SIZE_LIMIT, section
from dcsync.render.rollout import RolloutReport, render_markdown
from dcsync.render.words import Visible, block, paragraphs, visible

MARKER = "<!-- dcsync-apply -->"
"""Finds the comment again, to update it in place of adding another."""


def render_report(
    plan: Plan,
    outcomes: Iterable[Outcome],
    paths: Sequence[str] = (),
    rollout: RolloutReport | None = None,
) -> Visible:
    """The waves, then what was not done, what was, and last the tally."""
    remarks = [
        *(visible(str(problem)) for problem in plan.problems),
        *(visible(f"refused: {guard.message}") for guard in plan.guards),
    ]
    outcomes = list(outcomes)
    head = block(f"{MARKER}\n### dcsync apply")
    if rollout:
        head = paragraphs([head, render_markdown(rollout)])
    return _document(head, remarks, outcomes, tally_of(plan, outcomes), paths)


def render_syncs(outcomes: Iterable[Outcome]) -> Visible:
    """The same for a sync of named connectors."""
    outcomes = list(outcomes)
    return _document(block("### dcsync sync"), [], outcomes, sync_tally(outcomes), ())


def _document(
    head: Visible,
    remarks: Sequence[Visible],
    outcomes: Sequence[Outcome],
    last: Visible,
    paths: Sequence[str],
) -> Visible:
    room = (SIZE_LIMIT - NOTE_SIZE - len(head) - len(last)) // 3
    return paragraphs([head, *_sections(remarks, outcomes, paths, room), last])


def _sections(
    remarks: Sequence[Visible], outcomes: Sequence[Outcome], paths: Sequence[str], room: int
) -> Iterator[Visible]:
    """What needs attention first; each in at most `room` characters."""
    well = [each for each in outcomes if each.status is Status.DONE]
    badly = [each for each in outcomes if each.status is not Status.DONE]
    for title, blocks in (
        ("Please read", remarks),
        ("Needs attention", [render_outcome(each, paths=paths) for each in badly]),
        ("Done", [render_outcome(each, paths=paths) for each in well]),
    ):
        if blocks:
            yield section(title, "text", blocks, room)
