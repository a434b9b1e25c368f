"""Formats what a Plan changes, leaves alone and refuses, for a terminal. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcsync.formats import View
from dcsync.plan import Change, Plan
from dcsync.render.plans.plan_groups import ChangeGroup
from dcsync.render.plans.plan_lines import (
    STYLES,
    groups_of,
    headlines,
    left_alone,
    remarks,
    render_value,
    whereabouts,
)
from dcsync.render.plans.plan_summary import project_lines
from dcsync.render.words import Style, Visible, lines, value, visible

SHOWN_ONCE = "Equal changes are shown once (<project>, …: what differs); --expand shows each."
REMARK_STYLES = ("yellow", "red", "red")


def render_body(plan: Plan, style: Style, view: View) -> Iterator[Visible]:
    """The operations with their fields, unmanaged connectors and why, and the remarks."""
    groups = groups_of(plan, view)
    if view is View.SUMMARY:
        yield lines(project_lines(plan, style))
    else:
        yield from (_group(each, plan, style) for each in groups)
        yield lines(style(each, "dim") for each in left_alone(plan, view))
    yield lines(
        style(each.line(plan.names), color)
        for found, color in zip(remarks(plan, view), REMARK_STYLES, strict=True)
        for each in found
    )
    if is_shortened(plan, groups, view):
        yield style(visible(SHOWN_ONCE), "dim")


def is_shortened(plan: Plan, groups: Sequence[ChangeGroup], view: View) -> bool:
    """Whether the expanded view shows more."""
    return view is View.GROUPED and (
        len(groups) < len(plan.operations)
        or len(left_alone(plan, view)) < len(plan.unmanaged)
        or any(each.keys for found in remarks(plan, view) for each in found)
    )


def _group(group: ChangeGroup, plan: Plan, style: Style) -> Visible:
    action = group.first.action
    parts = [style(each, STYLES[action]) for each in headlines(group, plan.names)]
    if where := whereabouts(group, plan.names):
        parts.append(visible(f"    {where}"))
    if action == "blocked":
        parts.append(visible(f"    blocked: {group.first.reason}"))
    parts.extend(visible(f"    {_change(change, action)}") for change in group.changes)
    parts.extend(style(visible(f"    warning: {each}"), "yellow") for each in group.warnings)
    return lines(parts)


def _change(change: Change, action: str) -> str:
    before, after = render_value(change, change.before), render_value(change, change.after)
    path = value(str(change.path))
    match action:
        case "create":
            return f"{path}: {after}"
        case "delete":
            return f"{path}: {before}"
        case _:
            return f"{path}: {before} -> {after}"
