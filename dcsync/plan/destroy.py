"""The plan that ends what is declared: a delete for each declared connector that is live. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dcsync.model import Connector, Declarations, Declared, DeclaredProject, Diagnostic, Severity
from dcsync.plan import guards
from dcsync.plan.costs import DELETED
from dcsync.plan.differ import describe_gone
from dcsync.plan.digest import digest
from dcsync.plan.match import Matches, match
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Blocked, Delete, Plan, Unmanaged, block
from dcsync.plan.previous import join
from dcsync.plan.protection import PROTECTED, is_protected


def destroy(
    declarations: Declarations,
    live: Mapping[str, Sequence[Connector]],
    *,
    previous: Declarations | None = None,
    narrowing: Narrowing | None = None,
    allow_deletes: int = 0,
    problems: Iterable[Diagnostic] = (),
) -> Plan:
    """What deletes the declared connectors, under the guards of `make` and with its parameters.

    What is not declared is left alone. A protected connector is blocked.
    """
    narrowing = narrowing or Narrowing()
    projects = [
        each for each in join(declarations, previous) if narrowing.takes_project(each.declared)
    ]
    matched = [
        (project, match(project.connectors, live[project.project_id]))
        for project in (each.declared for each in projects)
        if project.project_id in live
    ]
    operations = tuple(
        operation
        for project, matches in matched
        if not matches.problems
        for operation in _deletes(project, matches, narrowing)
    )
    remarks = (*problems, *(each for _, matches in matched for each in matches.problems))
    counts = {project_id: len(connectors) for project_id, connectors in live.items()}
    return Plan(
        operations=operations,
        unchanged=0,
        unmanaged=tuple(each for found in matched for each in _left_alone(*found)),
        guards=guards.trip(operations, projects, counts, allow_deletes),
        warnings=tuple(each for each in remarks if each.severity is Severity.WARNING),
        problems=tuple(each for each in remarks if each.severity is Severity.ERROR),
        digest=digest(operations, narrowing),
    )


def _deletes(
    project: DeclaredProject, matches: Matches, narrowing: Narrowing
) -> Iterator[Delete | Blocked]:
    """Blocked ones last, as in every plan."""
    found = [
        _delete(project, declared, connector)
        for declared, connector in matches.pairs
        if connector and narrowing.takes(declared.address)
    ]
    yield from (each for each in found if isinstance(each, Delete))
    yield from (each for each in found if isinstance(each, Blocked))


def _delete(project: DeclaredProject, declared: Declared, live: Connector) -> Delete | Blocked:
    delete = Delete(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=live.data_connector_id,
        display_name=live.display_name,
        reason="it is to be destroyed",
        source=declared.position,
        changes=describe_gone(live, declared),
        warnings=(DELETED,),
    )
    names = (live.display_name, declared.connector.display_name)
    if any(is_protected(name, project.policy) for name in names):
        return block(delete, PROTECTED, "a protected connector is never deleted")
    return delete


def _left_alone(project: DeclaredProject, matches: Matches) -> Iterator[Unmanaged]:
    for connector in matches.undeclared:
        yield Unmanaged(
            project.key,
            project.project_id,
            connector.data_connector_id,
            connector.display_name,
            connector.type,
            "nothing declares it",
        )
