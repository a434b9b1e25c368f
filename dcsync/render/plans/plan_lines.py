"""The single lines of a Plan, the same on a terminal and in a comment. Prints nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from dcsync.dataclass import dataclass
from dcsync.formats import View
from dcsync.model.path import EVENT_TYPES
from dcsync.plan import Change, Operation, Plan, Shown, Unmanaged
from dcsync.render.naming import NO_NAMES, Names, designated, inside, key_in, some, with_name
from dcsync.render.plans.plan_groups import (
    ChangeGroup,
    connector_key,
    grouped,
    impersonal,
    together,
)
from dcsync.render.words import Visible, counted, quoted, value, visible

SYMBOLS = {"create": "+", "update": "~", "replace": "-/+", "delete": "-", "blocked": "!"}
STYLES = {
    "create": "green",
    "update": "yellow",
    "replace": "yellow",
    "delete": "red",
    "blocked": "red",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader must know about a plan; `keys` are the projects if it is about many."""

    kind: str
    message: str
    place: str = ""
    keys: tuple[str, ...] = ()

    def line(self, names: Names) -> Visible:
        if self.keys:
            return visible(f"{self.kind}: {self.message}  {places_of(self.keys, names)}")
        place = f"{self.place}: " if self.place else ""
        return visible(f"{place}{self.kind}: {with_name(self.message, names)}")


def headline(operation: Operation, names: Names = NO_NAMES) -> Visible:
    """One operation in one line: its symbol, the connector, and the position in the files."""
    name = quoted(operation.display_name)
    if not operation.address:
        where, place = _undeclared(operation, names), ""
    else:
        where = f"{operation.address}  {name}{inside(operation.project_key, names)}"
        known = operation.source or operation.data_connector_id
        place = f"  {known}" if known else ""
    return visible(f"{SYMBOLS[operation.action]} {where}{place}")


def headlines(group: ChangeGroup, names: Names) -> list[Visible]:
    """One line for a whole group; but one for each connector that is deleted."""
    if group.is_alone or group.is_losing:
        return [headline(each, names) for each in group.operations]
    where = f"*/{connector_key(group.first)}  {quoted(group.display_name)}"
    place = f"  {group.place}" if group.place else ""
    return [visible(f"{SYMBOLS[group.first.action]} {where}{place}")]


def whereabouts(group: ChangeGroup, names: Names) -> str:
    """The projects of a group that has one line for all; "" where each has its own."""
    if group.is_alone or group.is_losing:
        return ""
    return places_of([each.project_key for each in group.operations], names)


def places_of(keys: Sequence[str], names: Names) -> str:
    """`in 300 projects: oslo, bergen … 298 more`."""
    different = list(dict.fromkeys(keys))
    return f"in {counted(len(different), 'project')}: {some(different, names)}"


def render_value(change: Change, shown: Shown) -> Visible:
    """One side of a change: a string in quotes, a set in brackets, a secret's mask bare."""
    match shown:
        case None:
            return visible("(all)" if change.path == EVENT_TYPES else "(none)")
        case str() as text:
            return value(text) if change.sensitive else quoted(text)
        case bool() | int() | float() as plain_value:
            return visible(json.dumps(plain_value))
        case names:
            return visible(f"[{', '.join(map(value, names))}]")


def groups_of(plan: Plan, view: View) -> list[ChangeGroup]:
    """The operations, each alone in the expanded view."""
    if view is View.EXPANDED:
        return [ChangeGroup(each) for each in plan.operations]
    return grouped(plan.operations)


def left_alone(plan: Plan, view: View) -> list[Visible]:
    """One line per unmanaged connector, or for many with the same name and reason."""
    entries = plan.unmanaged
    if view is View.EXPANDED:
        return [unmanaged_line(each, (), plan.names) for each in entries]
    same = together(
        entries,
        lambda each: each.project_key,
        lambda each: (_called(each), each.type, each.reason),
    )
    return [unmanaged_line(first, others, plan.names) for first, *others in same]


def unmanaged_line(
    first: Unmanaged, others: Sequence[Unmanaged] = (), names: Names = NO_NAMES
) -> Visible:
    """An unmanaged connector and the reason; with others of the same name and reason."""
    if not others:
        return visible(f"? {_undeclared(first, names)}: {first.reason}")
    keys = [each.project_key for each in (first, *others)]
    count = "" if len(set(keys)) == len(keys) else f"{len(keys)} times "
    where = f"{count}{places_of(keys, names)}"
    return visible(f"? {quoted(_called(first))}: {first.reason}  {where}")


def _called(entry: Unmanaged) -> str:
    return impersonal(entry.display_name, entry.project_key)


def remarks(plan: Plan, view: View) -> tuple[list[Remark], list[Remark], list[Remark]]:
    """Warnings, problems and guards; the same for many projects once."""
    warnings = [Remark("warning", each.message, str(each.position or "")) for each in plan.warnings]
    problems = [Remark("error", each.message, str(each.position or "")) for each in plan.problems]
    guards = [Remark("refused", each.message) for each in plan.guards]
    if view is View.EXPANDED:
        return warnings, problems, guards
    return _together(warnings), _together(problems), _together(guards)


def _together(found: Iterable[Remark]) -> list[Remark]:
    same = together(
        found, lambda each: key_in(each.message), lambda each: _impersonal(each) or each
    )
    return [each[0] if len(each) == 1 else _of_many(each) for each in same]


def _of_many(same: Sequence[Remark]) -> Remark:
    keys = tuple(key_in(each.message) for each in same)
    return Remark(same[0].kind, _impersonal(same[0]), keys=keys)


def _impersonal(remark: Remark) -> str:
    key = key_in(remark.message)
    return impersonal(remark.message, key) if key else ""


def _undeclared(operation: Operation | Unmanaged, names: Names) -> str:
    name = quoted(operation.display_name)
    project = designated(operation.project_key, names)
    return f"{name}  {operation.data_connector_id} in {project}"
