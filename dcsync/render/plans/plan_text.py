"""Formats a Plan for a terminal. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.formats import View
from dcsync.plan import Plan
from dcsync.render.plans.impact import render_impacts
from dcsync.render.words import Style, Visible, counted, lines, paragraphs, plain, visible


def render_plan(plan: Plan, style: Style = plain, view: View = View.GROUPED) -> Visible:
    """The operations with their fields, unmanaged connectors and why, and the tally."""
    impacts = lines(render_impacts(plan, style))
    return paragraphs([*_body(plan, style, view), impacts, tally(plan)])


def tally(plan: Plan) -> Visible:
    """The last line: what would be done, in numbers, and what could not be planned."""
    if not plan.operations and plan.is_whole:
        match = "connector matches" if plan.unchanged == 1 else "connectors match"
        return visible(f"No changes. {plan.unchanged} {match}.")
    if plan.is_whole:
        return visible(f"Plan: {_counts(plan)} Digest {plan.digest[:8]}.")
    return visible(f"Incomplete plan: {unplanned_text(plan)}. In the others: {_counts(plan)}")


def unplanned_text(plan: Plan) -> str:
    """How many projects were omitted."""
    return f"{counted(plan.unplanned, 'project')} could not be planned"


def _counts(plan: Plan) -> str:
    blocked = plan.count("blocked")
    return (
        f"{plan.count('create')} to create, {plan.count('update')} to update, "
        f"{plan.count('replace')} to replace, {plan.count('delete')} to delete"
        f"{f', {blocked} blocked' if blocked else ''}. "
        f"{plan.unchanged} unchanged, {len(plan.unmanaged)} unmanaged."
    )


def _body(plan: Plan, style: Style, view: View) -> Iterable[Visible]:
    if not any((plan.operations, plan.unmanaged, plan.warnings, plan.problems, plan.guards)):
        return ()
    from dcsync.render.plans.plan_body import render_body  # most plans have none of these

    return render_body(plan, style, view)
