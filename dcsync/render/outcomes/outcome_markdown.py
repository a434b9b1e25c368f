"""Formats outcomes for a job summary or a comment. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from dcsync.apply import Outcome, Status
from dcsync.formats import View
from dcsync.plan import Plan
from dcsync.render.outcomes.outcome_text import render_outcome, sync_tally, tally_of
from dcsync.render.outcomes.rollout import RolloutReport, render_markdown
from dcsync.render.plans.plan_lines import remarks
from dcsync.render.plans.plan_markdown import NOTE_SIZE, SIZE_LIMIT, section
from dcsync.render.words import Visible, block, paragraphs

MARKER = "<!-- dcsync-apply -->"
"""Identifies the comment, to update it instead of adding another."""


def render_report(
    plan: Plan,
    outcomes: Iterable[Outcome],
    paths: Sequence[str] = (),
    rollout: RolloutReport | None = None,
) -> Visible:
    """The waves, then what was not done, what was, and the tally."""
    _, problems, guards = remarks(plan, View.GROUPED)
    found = [each.line(plan.names) for each in (*problems, *guards)]
    outcomes = list(outcomes)
    head = block(f"{MARKER}\n### dcsync apply")
    if rollout:
        head = paragraphs([head, render_markdown(rollout)])
    render = partial(render_outcome, paths=paths, names=plan.names)
    return _document(head, found, outcomes, tally_of(plan, outcomes), render)


def render_syncs(outcomes: Iterable[Outcome]) -> Visible:
    """The same for a sync of selected connectors."""
    outcomes = list(outcomes)
    last = sync_tally(outcomes)
    return _document(block("### dcsync sync"), [], outcomes, last, render_outcome)


def _document(
    head: Visible,
    found: Sequence[Visible],
    outcomes: Sequence[Outcome],
    last: Visible,
    render: Callable[[Outcome], Visible],
) -> Visible:
    room = (SIZE_LIMIT - NOTE_SIZE - len(head) - len(last)) // 3
    return paragraphs([head, *_sections(found, outcomes, render, room), last])


def _sections(
    found: Sequence[Visible],
    outcomes: Sequence[Outcome],
    render: Callable[[Outcome], Visible],
    room: int,
) -> Iterator[Visible]:
    """What needs attention first; each in at most `room` characters."""
    well = [each for each in outcomes if each.status is Status.DONE]
    badly = [each for each in outcomes if each.status is not Status.DONE]
    for title, blocks in (
        ("Warnings", found),
        ("Needs attention", list(map(render, badly))),
        ("Done", list(map(render, well))),
    ):
        if blocks:
            yield section(title, "text", blocks, room)
