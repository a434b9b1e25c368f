"""Plans a destroy: a delete for each declared connector that is live. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from dcsync.model import Connector, Declared, DeclaredProject
from dcsync.plan.costs import DELETED
from dcsync.plan.differ import describe_gone
from dcsync.plan.make import ProjectPlan
from dcsync.plan.match import match
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Blocked, Delete, leave
from dcsync.plan.previous import PlannedProject
from dcsync.plan.vetoes import permit


def destroy(
    planned: PlannedProject, live: Sequence[Connector], narrowing: Narrowing
) -> ProjectPlan:
    """Deletes for the project's declared connectors, blocked ones last.

    Undeclared connectors are kept. A protected connector is blocked.
    """
    project = planned.declared
    matches = match(project.connectors, live)
    if matches.problems:
        return ProjectPlan(remarks=matches.problems)
    found = [
        _delete(project, declared, connector)
        for declared, connector in (*matches.pairs, *matches.leftovers)
        if connector and narrowing.takes(declared.address)
    ]
    return ProjectPlan(
        operations=tuple(sorted(found, key=lambda each: isinstance(each, Blocked))),
        unmanaged=tuple(leave(each, project, "not declared") for each in matches.undeclared),
    )


def _delete(project: DeclaredProject, declared: Declared, live: Connector) -> Delete | Blocked:
    delete = Delete(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=live.data_connector_id,
        display_name=live.display_name,
        reason="destroy",
        source=declared.position,
        changes=describe_gone(live, declared),
        warnings=(DELETED,),
    )
    return permit(delete, project.policy, live, declared.connector)
