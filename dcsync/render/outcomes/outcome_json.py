"""Formats outcomes as JSON. Returns strings, prints nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dcsync.apply import Outcome, Status, Sync
from dcsync.plan import Plan
from dcsync.render.diagnostics import position_object
from dcsync.render.outcomes.outcome_text import sync_command
from dcsync.render.outcomes.rollout import RolloutReport, rollout_object, wave_numbers
from dcsync.render.plans.plan_json import FORMAT_VERSION, operation_object, plan_object
from dcsync.render.words import Visible, json_text


def render_report(
    plan: Plan,
    outcomes: Iterable[Outcome],
    paths: Sequence[str] = (),
    rollout: RolloutReport | None = None,
) -> Visible:
    """The plan's JSON; its operations, in the plan's order, have their outcome and their wave."""
    order = {id(operation): place for place, operation in enumerate(plan.operations)}
    outcomes = sorted(outcomes, key=lambda each: order[id(each.operation)])
    content = {**plan_object(plan), **_content(outcomes, paths)}
    if rollout is None:
        return json_text(content)
    waves = wave_numbers(rollout)
    operations = [
        {**_outcome_object(each, paths), "wave": waves.get(each.operation.project_id)}
        for each in outcomes
    ]
    return json_text({**content, "operations": operations, "rollout": rollout_object(rollout)})


def render_syncs(outcomes: Iterable[Outcome]) -> Visible:
    """Every selected connector, by address, with the outcome of its :sync."""
    in_order = sorted(outcomes, key=lambda each: each.operation.address)
    return json_text({"format_version": FORMAT_VERSION, **_content(in_order, ())})


def _content(outcomes: Sequence[Outcome], paths: Sequence[str]) -> dict[str, object]:
    counts = Counter(outcome.status for outcome in outcomes)
    return {
        "outcomes": {status.value: counts[status] for status in Status},
        "operations": [_outcome_object(outcome, paths) for outcome in outcomes],
    }


def _outcome_object(outcome: Outcome, paths: Sequence[str]) -> dict[str, object]:
    operation = outcome.operation
    repeat = outcome.status is Status.NOT_SYNCED
    return {
        **(_sync_object(operation) if isinstance(operation, Sync) else operation_object(operation)),
        "outcome": outcome.status.value,
        "changed": outcome.changed,
        "error": outcome.error or None,
        "data_connector_id": outcome.data_connector_id or None,
        **_planned_id(outcome),
        "seconds": round(outcome.seconds, 3),
        **({"note": outcome.note} if outcome.note else {}),
        **({"repeat": sync_command(outcome, paths)} if repeat else {}),
    }


def _planned_id(outcome: Outcome) -> dict[str, object]:
    """The id that the plan was about, where another one is live now: the digest covers it."""
    if isinstance(outcome.operation, Sync):
        return {}
    planned = outcome.operation.data_connector_id
    is_other = planned != outcome.data_connector_id
    return {"planned_data_connector_id": planned or None} if is_other else {}


def _sync_object(sync: Sync) -> dict[str, object]:
    return {
        "action": sync.action,
        "address": sync.address,
        "project_key": sync.project_key,
        "project_id": sync.project_id,
        "data_connector_id": None,
        "display_name": sync.display_name,
        "source": position_object(sync.source),
    }
