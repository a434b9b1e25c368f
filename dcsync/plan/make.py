"""The pure function: (declared, live) to a Plan, project by project. Reads and writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dcsync.model import Connector, Declarations, Diagnostic, Severity
from dcsync.plan import guards
from dcsync.plan.digest import digest
from dcsync.plan.match import match
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Operation, Plan, Unmanaged
from dcsync.plan.order import make_room
from dcsync.plan.previous import PlannedProject, join
from dcsync.plan.prune import finish, prune, tell_twins
from dcsync.plan.reconcile import reconcile, remarks_on


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """One project's share of a plan."""

    operations: tuple[Operation, ...] = ()
    unchanged: int = 0
    unmanaged: tuple[Unmanaged, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()
    live: int = 0
    """How many connectors the project has."""


ProjectPlanner = Callable[[PlannedProject, Sequence[Connector], Narrowing], ProjectPlan]
"""Plans one project from what is declared and live in it, within the narrowing."""


def bring_in_step(
    planned: PlannedProject, live: Sequence[Connector], narrowing: Narrowing
) -> ProjectPlan:
    """What makes the project as it is declared: the planner of `plan` and `apply`."""
    project = planned.declared
    matches = match(project.connectors, live)
    if matches.problems:
        return ProjectPlan(remarks=matches.problems)
    pairs = [pair for pair in matches.pairs if narrowing.takes(pair[0].address)]
    wanted = reconcile(pairs, project)
    ends, left = finish(matches.leftovers, project, narrowing)
    deletes, undeclared = prune(matches.undeclared, planned, narrowing)
    unmanaged = (*left, *undeclared)
    operations = make_room((*wanted, *ends, *deletes), len(live), project.policy.quota)
    remarks = (*remarks_on(pairs), *tell_twins(matches.pairs, unmanaged))
    return ProjectPlan(operations, len(pairs) - len(wanted), unmanaged, remarks)


def make(
    declarations: Declarations,
    live: Mapping[str, Sequence[Connector]],
    *,
    previous: Declarations | None = None,
    narrowing: Narrowing | None = None,
    allow_deletes: int = 0,
    problems: Iterable[Diagnostic] = (),
    planner: ProjectPlanner = bring_in_step,
) -> Plan:
    """What brings `live` (connectors by project id) in step with the declarations.

    `previous` is what a former revision declared. A project that is missing in `live` could not be
    listed: `problems` says why. The order of the live connectors makes no difference.
    """
    narrowing = narrowing or Narrowing()
    projects = [
        each for each in join(declarations, previous) if narrowing.takes_project(each.declared)
    ]
    plans = {
        project_id: plan_project(each, live[project_id], narrowing, planner)
        for each in projects
        if (project_id := each.declared.project_id) in live
    }
    return assemble(projects, plans, narrowing, allow_deletes, problems)


def plan_project(
    planned: PlannedProject,
    live: Iterable[Connector],
    narrowing: Narrowing,
    planner: ProjectPlanner = bring_in_step,
) -> ProjectPlan:
    """One project's share, whatever the order in which the API listed it."""
    ordered = _in_order(live)
    return replace(planner(planned, ordered, narrowing), live=len(ordered))


def assemble(
    projects: Sequence[PlannedProject],
    plans: Mapping[str, ProjectPlan],
    narrowing: Narrowing,
    allow_deletes: int,
    problems: Iterable[Diagnostic],
) -> Plan:
    """The plan of a run from its projects' shares by id, which may come in any order."""
    planned = [
        plan for each in projects if (plan := plans.get(each.declared.project_id)) is not None
    ]
    unlisted = tuple(problems)
    remarks = (*unlisted, *(remark for each in planned for remark in each.remarks))
    errors = _errors(remarks)
    operations = tuple(operation for each in planned for operation in each.operations)
    counts = {project_id: each.live for project_id, each in plans.items()}
    return Plan(
        operations=operations,
        unchanged=sum(each.unchanged for each in planned),
        unmanaged=tuple(entry for each in planned for entry in each.unmanaged),
        guards=guards.trip(operations, projects, counts, allow_deletes),
        warnings=tuple(each for each in remarks if each.severity is Severity.WARNING),
        problems=errors,
        digest="" if errors else digest(operations, narrowing),
        narrowing=narrowing,
        unplanned=len(_errors(unlisted)) + sum(bool(_errors(each.remarks)) for each in planned),
    )


def _errors(remarks: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(each for each in remarks if each.severity is Severity.ERROR)


def _in_order(connectors: Iterable[Connector]) -> list[Connector]:
    """Each live connector once, in an order that does not depend on the API's."""
    by_id = {each.data_connector_id: each for each in connectors}
    return sorted(by_id.values(), key=lambda each: (each.display_name, each.data_connector_id))
