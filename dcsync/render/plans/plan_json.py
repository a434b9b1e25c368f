"""Formats a Plan as in `schemas/plan.schema.json`. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.dataclass import asdict
from dcsync.plan import Blocked, Change, Operation, Plan, Replace
from dcsync.render.diagnostics import diagnostic_object, position_object
from dcsync.render.plans.impact import impact_objects
from dcsync.render.words import Visible, json_pieces

FORMAT_VERSION = 1


def render_plan(plan: Plan) -> Iterator[Visible]:
    """The whole plan in pieces, for a fleet's is large; equal plans give equal bytes."""
    return json_pieces(_content(plan, map(operation_object, plan.operations)))


def plan_object(plan: Plan) -> dict[str, object]:
    """The plan as JSON values."""
    return _content(plan, list(map(operation_object, plan.operations)))


def _content(plan: Plan, operations: object) -> dict[str, object]:
    return {
        "format_version": FORMAT_VERSION,
        "digest": plan.digest or None,
        "narrowing": asdict(plan.narrowing),
        "summary": summary_object(plan),
        "operations": operations,
        "unmanaged": [asdict(entry) for entry in plan.unmanaged],
        "guards": [asdict(guard) for guard in plan.guards],
        "diagnostics": [
            diagnostic_object(diagnostic) for diagnostic in (*plan.warnings, *plan.problems)
        ],
        **({} if plan.impacts is None else {"impact": impact_objects(plan.impacts)}),
    }


def summary_object(plan: Plan) -> dict[str, int]:
    """The number of operations of each kind."""
    return {
        **{action: plan.count(action) for action in ("create", "update", "replace", "delete")},
        "unchanged": plan.unchanged,
        "unmanaged": len(plan.unmanaged),
        "blocked": plan.count("blocked"),
    }


def operation_object(operation: Operation) -> dict[str, object]:
    """One operation; a missing address, id or position is null."""
    return {
        "action": operation.action,
        **({"wanted": operation.wanted} if isinstance(operation, Blocked) else {}),
        **({"delete_first": operation.delete_first} if isinstance(operation, Replace) else {}),
        "address": operation.address or None,
        "project_key": operation.project_key,
        "project_id": operation.project_id,
        "data_connector_id": operation.data_connector_id or None,
        "display_name": operation.display_name,
        "reason": operation.reason,
        "source": position_object(operation.source),
        "changes": [change_object(change) for change in operation.changes],
        "warnings": list(operation.warnings),
    }


def change_object(change: Change) -> dict[str, object]:
    """A field that differs, by its path with dots."""
    return {**asdict(change), "path": str(change.path)}
