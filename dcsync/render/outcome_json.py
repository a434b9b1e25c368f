"""A plan with what became of each operation, as JSON. Returns strings, prints nothing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from dcsync.apply import Outcome, Status
from dcsync.plan import Plan
from dcsync.render.plan_json import operation_object, plan_object


def render_report(plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """The plan's JSON; its operations, in the plan's order, tell their outcome."""
    order = {id(operation): place for place, operation in enumerate(plan.operations)}
    counts = Counter(outcome.status for outcome in outcomes)
    report = {
        **plan_object(plan),
        "outcomes": {status.value: counts[status] for status in Status},
        "operations": [
            _outcome_object(outcome)
            for outcome in sorted(outcomes, key=lambda each: order[id(each.operation)])
        ],
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _outcome_object(outcome: Outcome) -> dict[str, object]:
    return {
        **operation_object(outcome.operation),
        "outcome": outcome.status.value,
        "error": outcome.error or None,
        "data_connector_id": outcome.data_connector_id or None,
        "seconds": round(outcome.seconds, 3),
    }
