"""Formats the difference of two plans as JSON. Returns strings, prints nothing."""

from __future__ import annotations

from dcsync.dataclass import asdict
from dcsync.plan.difference import OperationDifference, PlanDifference
from dcsync.render.plans.plan_json import FORMAT_VERSION, change_object, operation_object
from dcsync.render.words import Visible, json_text


def render_difference(difference: PlanDifference) -> Visible:
    """What only one plan does, and what both do differently; equal plans give equal bytes."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "before": difference.before,
            "after": difference.after,
            "differs": not difference.is_empty,
            "narrowing": [asdict(each) for each in difference.narrowing],
            "vanished": [operation_object(each) for each in difference.vanished],
            "appeared": [operation_object(each) for each in difference.appeared],
            "changed": [_changed_object(each) for each in difference.changed],
            "reordered": difference.reordered,
            "guards_vanished": [asdict(each) for each in difference.guards_vanished],
            "guards_appeared": [asdict(each) for each in difference.guards_appeared],
        }
    )


def _changed_object(changed: OperationDifference) -> dict[str, object]:
    """Which operation, by what it is now; then what differs, with both sides of each."""
    now = changed.after
    return {
        "action": now.action,
        "address": now.address or None,
        "project_key": now.project_key,
        "project_id": now.project_id,
        "data_connector_id": now.data_connector_id or None,
        "display_name": now.display_name,
        "fields": [asdict(each) for each in changed.fields],
        "changes": [
            {
                "path": each.path,
                "before": each.before and change_object(each.before),
                "after": each.after and change_object(each.after),
            }
            for each in changed.changes
        ],
    }
