"""A Plan as people read it on a terminal. Returns strings, prints nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dcsync.plan import Change, Operation, Plan, Shown, Unmanaged
from dcsync.render.impact import render_impacts
from dcsync.render.words import (
    Style,
    Visible,
    counted,
    lines,
    paragraphs,
    plain,
    quoted,
    value,
    visible,
)

SYMBOLS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "blocked": "!"}
STYLES = {
    "create": "green",
    "update": "yellow",
    "replace": "yellow",
    "delete": "red",
    "blocked": "red",
}


def render_plan(plan: Plan, style: Style = plain) -> Visible:
    """The operations with their fields, what is left alone and why, and last the tally."""
    return paragraphs([*_body(plan, style), lines(render_impacts(plan, style)), tally(plan)])


def tally(plan: Plan) -> Visible:
    """The last line: what would be done, in numbers, and what nothing can be said of."""
    if not plan.operations and plan.is_whole:
        match = "connector matches" if plan.unchanged == 1 else "connectors match"
        return visible(f"No changes. {plan.unchanged} {match}.")
    if plan.is_whole:
        return visible(f"Plan: {_counts(plan)} Digest {plan.digest[:8]}.")
    return visible(f"Incomplete plan: {unplanned_text(plan)}. In the others: {_counts(plan)}")


def unplanned_text(plan: Plan) -> str:
    """How many projects are left out."""
    return f"{counted(plan.unplanned, 'project')} could not be planned"


def _counts(plan: Plan) -> str:
    blocked = plan.count("blocked")
    return (
        f"{plan.count('create')} to create, {plan.count('update')} to update, "
        f"{plan.count('replace')} to replace, {plan.count('delete')} to delete"
        f"{f', {blocked} blocked' if blocked else ''}. "
        f"{plan.unchanged} unchanged, {len(plan.unmanaged)} unmanaged."
    )


def headline(operation: Operation) -> Visible:
    """One operation in one line: its symbol, the connector, and the place in the files."""
    name = quoted(operation.display_name)
    where = f"{operation.address}  {name}" if operation.address else _undeclared(operation)
    place = f"  {operation.source or operation.data_connector_id}" if operation.address else ""
    return visible(f"{SYMBOLS[operation.action]} {where}{place}")


def render_value(change: Change, shown: Shown) -> Visible:
    """One side of a change: a string in quotes, a set in brackets, a secret's mask bare."""
    match shown:
        case None:
            return visible("(all)" if change.path == "event_types" else "(none)")
        case str() as text:
            return value(text) if change.sensitive else quoted(text)
        case bool() | int() | float() as plain_value:
            return visible(json.dumps(plain_value))
        case names:
            return visible(f"[{', '.join(map(value, names))}]")


def unmanaged_line(entry: Unmanaged) -> Visible:
    """One connector that is left alone, and why."""
    return visible(f"? {_undeclared(entry)}: {entry.reason}")


def _undeclared(operation: Operation | Unmanaged) -> str:
    name = quoted(operation.display_name)
    return f"{name}  {operation.data_connector_id} in {operation.project_key}"


def _body(plan: Plan, style: Style) -> Iterator[Visible]:
    yield from (_operation(operation, style) for operation in plan.operations)
    yield lines(style(unmanaged_line(each), "dim") for each in plan.unmanaged)
    yield lines(_remarks(plan, style))


def _operation(operation: Operation, style: Style) -> Visible:
    parts = [style(headline(operation), STYLES[operation.action])]
    if operation.action == "blocked":
        parts.append(visible(f"    blocked: {operation.reason}"))
    parts.extend(
        visible(f"    {_change(change, operation.action)}") for change in operation.changes
    )
    parts.extend(
        style(visible(f"    warning: {warning}"), "yellow") for warning in operation.warnings
    )
    return lines(parts)


def _change(change: Change, action: str) -> str:
    before, after = render_value(change, change.before), render_value(change, change.after)
    path = value(change.path)
    match action:
        case "create":
            return f"{path}: {after}"
        case "delete":
            return f"{path}: {before}"
        case _:
            return f"{path}: {before} -> {after}"


def _remarks(plan: Plan, style: Style) -> Iterator[Visible]:
    yield from (style(visible(str(warning)), "yellow") for warning in plan.warnings)
    yield from (style(visible(str(problem)), "red") for problem in plan.problems)
    yield from (style(visible(f"refused: {guard.message}"), "red") for guard in plan.guards)
