"""Formats the deliveries that a plan would interrupt, as text and JSON. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcsync.plan import Impact, Operation, Plan
from dcsync.render.tables import columns
from dcsync.render.words import Style, Visible, counted, plain, quoted, visible

TITLE = "Current deliveries of connectors to be deleted, replaced or disabled"
MOST_IDLE = 10
"""Idle connectors that are named; what delivers, or could not be read, always is."""


def render_impacts(plan: Plan, style: Style = plain) -> Iterator[Visible]:
    """A title and one line per connector, most deliveries first; nothing if not measured."""
    if not plan.impacts:
        return
    impacts = sorted(plan.impacts, key=_worst_first)
    named = [each for each in impacts if not _is_idle(each)]
    idle = impacts[len(named) :]
    named += idle[:MOST_IDLE]
    subjects = {each.data_connector_id: _subject(each) for each in plan.operations}
    rows = [
        (f"  {subjects.get(each.data_connector_id, each.data_connector_id)}", words(each))
        for each in named
    ]
    yield visible(f"{TITLE}:")
    yield from columns(rows, [_style(each) for each in named], style)
    if len(idle) > MOST_IDLE:
        yield visible(f"  and {counted(len(idle) - MOST_IDLE, 'more connector')}, idle as well")


def words(impact: Impact) -> str:
    """The deliveries of one connector."""
    if impact.successes is None or impact.failures is None:
        return f"could not be read: {impact.trouble}"
    events = f"{impact.successes:,} event{'s' * (impact.successes != 1)}"
    deliveries = f"delivered {events} in the last 3 h, {impact.failures:,} failed"
    if impact.status != "ACTIVE":
        return f"delivers nothing now, it is {impact.status}; {deliveries}"
    if not impact.successes and not impact.failures:
        return "idle: no delivery in the last 3 h"
    return deliveries


def impact_objects(impacts: Sequence[Impact]) -> list[dict[str, object]]:
    """As JSON values."""
    return [
        {
            "project_id": each.project_id,
            "data_connector_id": each.data_connector_id,
            "status": each.status,
            "delivers": None if each.is_unseen else each.delivers,
            "successes": each.successes,
            "failures": each.failures,
            "trouble": each.trouble or None,
        }
        for each in impacts
    ]


def _worst_first(impact: Impact) -> tuple[int, int, int]:
    rank = 1 if impact.is_unseen else 2 if _is_idle(impact) else 0
    return rank, -(impact.successes or 0), -(impact.failures or 0)


def _is_idle(impact: Impact) -> bool:
    return not impact.is_unseen and not impact.delivers and not impact.failures


def _subject(operation: Operation) -> str:
    name = quoted(operation.display_name)
    return f"{operation.address}  {name}" if operation.address else f"{name}  {_place(operation)}"


def _place(operation: Operation) -> str:
    return f"{operation.data_connector_id} in {operation.project_key}"


def _style(impact: Impact) -> str:
    return "red" if impact.delivers else "yellow" if impact.is_unseen else "dim"
