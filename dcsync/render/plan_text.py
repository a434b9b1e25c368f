"""A Plan as people read it on a terminal. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.plan import Change, Operation, Plan, Shown, Unmanaged
from dcsync.render.words import Style, plain, quoted, visible

SYMBOLS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "blocked": "!"}
STYLES = {
    "create": "green",
    "update": "yellow",
    "replace": "yellow",
    "delete": "red",
    "blocked": "red",
}


def render_plan(plan: Plan, style: Style = plain) -> str:
    """The operations with their fields, what is left alone and why, and last the tally."""
    blocks = [
        *(_operation(operation, style) for operation in plan.operations),
        "\n".join(style(unmanaged_line(each), "dim") for each in plan.unmanaged),
        "\n".join(_remarks(plan, style)),
        tally(plan),
    ]
    return "\n\n".join(block for block in blocks if block)


def tally(plan: Plan) -> str:
    """The last line: what would be done, in numbers."""
    if not plan.operations and not plan.problems:
        return f"No changes. {plan.unchanged} connectors match."
    blocked = plan.count("blocked")
    return (
        f"Plan: {plan.count('create')} to create, {plan.count('update')} to update, "
        f"{plan.count('replace')} to replace, {plan.count('delete')} to delete"
        f"{f', {blocked} blocked' if blocked else ''}. "
        f"{plan.unchanged} unchanged, {len(plan.unmanaged)} unmanaged. Digest {plan.digest[:8]}."
    )


def headline(operation: Operation) -> str:
    """One operation in one line: its symbol, the connector, and the place in the files."""
    name = quoted(operation.display_name)
    where = f"{operation.address}  {name}" if operation.address else _undeclared(operation)
    place = f"  {operation.source or operation.data_connector_id}" if operation.address else ""
    return f"{SYMBOLS[operation.action]} {where}{place}"


def render_value(change: Change, shown: Shown) -> str:
    """One side of a change: a text in quotes, a set in brackets, what stands for a secret bare."""
    match shown:
        case None:
            return "(all)" if change.path == "event_types" else "(none)"
        case str() as text:
            return visible(text) if change.sensitive else quoted(text)
        case names:
            return f"[{', '.join(map(visible, names))}]"


def unmanaged_line(entry: Unmanaged) -> str:
    """One connector that is left alone, and why."""
    return f"? {_undeclared(entry)}: {visible(entry.reason)}"


def _undeclared(operation: Operation | Unmanaged) -> str:
    name = quoted(operation.display_name)
    return f"{name}  {operation.data_connector_id} in {operation.project_key}"


def _operation(operation: Operation, style: Style) -> str:
    lines = [style(headline(operation), STYLES[operation.action])]
    if operation.action == "blocked":
        lines.append(f"    blocked: {operation.reason}")
    lines.extend(f"    {_change(change, operation.action)}" for change in operation.changes)
    lines.extend(style(f"    warning: {warning}", "yellow") for warning in operation.warnings)
    return "\n".join(lines)


def _change(change: Change, action: str) -> str:
    before, after = render_value(change, change.before), render_value(change, change.after)
    path = visible(change.path)
    match action:
        case "create":
            return f"{path}: {after}"
        case "delete":
            return f"{path}: {before}"
        case _:
            return f"{path}: {before} -> {after}"


def _remarks(plan: Plan, style: Style) -> Iterator[str]:
    yield from (style(visible(str(warning)), "yellow") for warning in plan.warnings)
    yield from (style(visible(str(problem)), "red") for problem in plan.problems)
    yield from (style(f"refused: {visible(guard.message)}", "red") for guard in plan.guards)
