"""Asks the policies that depend on the moment once more, where writes come long after the plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from dcsync.cloud import Client, Reader
from dcsync.dataclass import replace
from dcsync.options.of_plans import ApplyOptions, DestroyOptions
from dcsync.plan import Operation
from dcsync.plan.guards import OF_THE_MOMENT, Share, hold_back
from dcsync.plan.impact import loses_flow
from dcsync.session.plans.impact import measure_with
from dcsync.session.plans.planning import Planned, Run


def reason_to_hold(
    operations: Iterable[Operation],
    planned: Planned,
    this: Run,
    options: ApplyOptions | DestroyOptions,
    client: Client,
) -> str:
    """What has come to hold these operations back since the plan was made, or ""."""
    shares = list(_shares(operations, planned, this))
    losing = [
        operation
        for share in shares
        for operation in share.operations
        if share.policy.protect_active and loses_flow(operation)
    ]
    measure = measure_with(Reader(client), planned.live, options.cloud.parallelism)
    impacts = {each.data_connector_id: each for each in measure(losing)}
    weighed = [replace(each, impacts=impacts) for each in shares]
    guards = hold_back(weighed, options.allowances, OF_THE_MOMENT)
    found = "; ".join(each.message for each in guards)
    return f"a guard now refuses it: {found}" if found else ""


def _shares(operations: Iterable[Operation], planned: Planned, this: Run) -> Iterable[Share]:
    now = datetime.now(UTC)
    by_project: dict[str, list[Operation]] = {}
    for each in operations:
        by_project.setdefault(each.project_id, []).append(each)
    for project in this.projects:
        project_id = project.declared.project_id
        if found := by_project.get(project_id):
            yield Share(project, tuple(found), len(planned.live[project_id]), now)
