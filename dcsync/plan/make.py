"""The pure function from (declared, live) to a Plan, project by project. Reads and writes
nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from dcsync.dataclass import dataclass, replace
from dcsync.model import Allowances, Connector, Diagnostic, Severity
from dcsync.plan.digest import digest
from dcsync.plan.duplicates import warn_about_duplicates, warn_about_shared_endpoints
from dcsync.plan.guards import Share, hold_back
from dcsync.plan.impact import Measure, interrupts, loses_flow, unmeasured
from dcsync.plan.match import match
from dcsync.plan.narrowing import WHOLE, Narrowing
from dcsync.plan.operations import Impact, Operation, Plan, Unmanaged
from dcsync.plan.order import make_room
from dcsync.plan.previous import PlannedProject
from dcsync.plan.prune import finish, prune
from dcsync.plan.reconcile import reconcile, remarks_on

NO_ALLOWANCES = Allowances()

LiveOrProblem = Sequence[Connector] | Diagnostic
"""A project's live connectors in any order, or why they could not be listed."""


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """One project's part of a plan."""

    operations: tuple[Operation, ...] = ()
    unchanged: int = 0
    unmanaged: tuple[Unmanaged, ...] = ()
    remarks: tuple[Diagnostic, ...] = ()


ProjectPlanner = Callable[[PlannedProject, Sequence[Connector], Narrowing], ProjectPlan]
"""Plans one project from what is declared and live in it, within the narrowing."""


def bring_in_sync(
    planned: PlannedProject, live: Sequence[Connector], narrowing: Narrowing
) -> ProjectPlan:
    """The operations that bring a project in sync: the planner of `plan` and `apply`."""
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
    remarks = (
        *remarks_on(pairs),
        *warn_about_duplicates(matches.pairs, unmanaged),
        *warn_about_shared_endpoints(pairs, undeclared, matches.undeclared),
    )
    return ProjectPlan(operations, len(pairs) - len(wanted), unmanaged, remarks)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A listed project: its part of the plan, and its number of connectors."""

    plan: ProjectPlan
    live: int


@dataclass(frozen=True, slots=True)
class _Scales:
    """Finds out the impact of the plan, with one call of `measure` for all of it."""

    measure: Measure
    weighs_all: bool

    def weigh(self, shares: Sequence[Share]) -> tuple[Impact, ...] | None:
        """None if neither the run nor a policy needs it."""
        if not self.weighs_all and not any(each.policy.protect_active for each in shares):
            return None
        return self.measure(
            [each for share in shares for each in share.operations if self._takes(share, each)]
        )

    def _takes(self, share: Share, operation: Operation) -> bool:
        if self.weighs_all:
            return interrupts(operation)
        return share.policy.protect_active and loses_flow(operation)


def make(
    projects: Sequence[PlannedProject],
    listings: Iterable[tuple[str, LiveOrProblem]],
    *,
    now: datetime,
    narrowing: Narrowing = WHOLE,
    allowances: Allowances = NO_ALLOWANCES,
    planner: ProjectPlanner = bring_in_sync,
    measure: Measure = unmeasured,
    weighs_all: bool = False,
) -> Plan:
    """What brings the projects in sync with their declarations.

    `listings` gives each project's by its id, in any order: each is planned as soon as it comes,
    and the plan is the same. `now` is aware, and decides about freezes only. `measure` is asked
    what flows through what would go: where a policy wants to know, or everywhere (`weighs_all`).
    """
    by_id = {each.declared.project_id: each for each in projects}
    found: dict[str, _Listed | Diagnostic] = {}
    for project_id, listing in listings:
        if isinstance(listing, Diagnostic):
            found[project_id] = listing
        elif project_id in by_id:
            live = _in_order(listing)
            plan = planner(by_id[project_id], live, narrowing)
            found[project_id] = _Listed(plan, len(live))
    return _assemble(
        [(each, found.get(each.declared.project_id, _unlisted(each))) for each in projects],
        narrowing,
        allowances,
        now,
        _Scales(measure, weighs_all),
    )


def _assemble(
    found: Sequence[tuple[PlannedProject, _Listed | Diagnostic]],
    narrowing: Narrowing,
    allowances: Allowances,
    now: datetime,
    scales: _Scales,
) -> Plan:
    plans = [each.plan for _, each in found if isinstance(each, _Listed)]
    unlisted = [each for _, each in found if isinstance(each, Diagnostic)]
    remarks = (*unlisted, *(remark for each in plans for remark in each.remarks))
    errors = _errors(remarks)
    operations = tuple(operation for each in plans for operation in each.operations)
    shares = [_share(project, each, now) for project, each in found]
    impacts = scales.weigh(shares)
    by_id = {each.data_connector_id: each for each in impacts or ()}
    shares = [replace(each, impacts=by_id) for each in shares]
    return Plan(
        operations=operations,
        unchanged=sum(each.unchanged for each in plans),
        unmanaged=tuple(entry for each in plans for entry in each.unmanaged),
        guards=hold_back(shares, allowances),
        warnings=tuple(each for each in remarks if each.severity is Severity.WARNING),
        problems=errors,
        digest="" if errors else digest(operations, narrowing),
        narrowing=narrowing,
        unplanned=len(_errors(unlisted)) + sum(bool(_errors(each.remarks)) for each in plans),
        impacts=impacts,
    )


def _share(planned: PlannedProject, found: _Listed | Diagnostic, now: datetime) -> Share:
    if isinstance(found, Diagnostic):
        return Share(planned, (), 0, now)
    return Share(planned, found.plan.operations, found.live, now)


def _unlisted(planned: PlannedProject) -> Diagnostic:
    project = planned.declared
    return Diagnostic(Severity.ERROR, f"project {project.key} was not listed", project.position)


def _errors(remarks: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(each for each in remarks if each.severity is Severity.ERROR)


def _in_order(connectors: Iterable[Connector]) -> list[Connector]:
    """Each live connector once, in an order that does not depend on the API's."""
    by_id = {each.data_connector_id: each for each in connectors}
    return sorted(by_id.values(), key=lambda each: (each.display_name, each.data_connector_id))
