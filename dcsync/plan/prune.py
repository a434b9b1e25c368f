"""Decides about live connectors that are not declared, or left behind by a replace. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from dcsync.model import Connector, Declared, DeclaredProject, Prune
from dcsync.plan.costs import DELETED, FINISHED
from dcsync.plan.differ import describe_gone
from dcsync.plan.match import former_matches
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Blocked, Delete, Unmanaged, leave
from dcsync.plan.previous import PlannedProject
from dcsync.plan.vetoes import permit, veto

NARROWED = "outside the selection of this run"
NOT_IN_BASE = "prune is previous, and no connector in the base revision clearly matches"
NO_BASE = "prune is previous, and there is no --base to compare with"


def prune(
    undeclared: Sequence[Connector], planned: PlannedProject, narrowing: Narrowing
) -> tuple[tuple[Delete, ...], tuple[Unmanaged, ...]]:
    """The deletes, and the connectors that are kept, with the reason."""
    project = planned.declared
    former = former_matches(planned.previously or (), undeclared)
    deletes, unmanaged = [], []
    for connector in undeclared:
        was = former.get(connector.data_connector_id)
        reason = _reason_to_keep(connector, planned, was, narrowing)
        if reason:
            unmanaged.append(leave(connector, project, reason))
        else:
            deletes.append(_delete(connector, project, was))
    return tuple(deletes), tuple(unmanaged)


def finish(
    leftovers: Iterable[tuple[Declared, Connector]], project: DeclaredProject, narrowing: Narrowing
) -> tuple[tuple[Delete | Blocked, ...], tuple[Unmanaged, ...]]:
    """The operations that finish interrupted replaces, whatever `prune` says: they are their second
    half."""
    deletes, unmanaged = [], []
    for declared, connector in leftovers:
        if narrowing.takes(declared.address):
            deletes.append(end_replace(declared, connector, project))
        else:
            unmanaged.append(leave(connector, project, NARROWED))
    return tuple(deletes), tuple(unmanaged)


def end_replace(declared: Declared, old: Connector, project: DeclaredProject) -> Delete | Blocked:
    """The delete that an interrupted replace did not reach."""
    delete = Delete(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=old.data_connector_id,
        display_name=old.display_name,
        reason="an interrupted replace did not delete the old connector",
        source=declared.position,
        changes=describe_gone(old, declared),
        warnings=(FINISHED, DELETED),
    )
    return permit(delete, project.policy, old, declared.connector)


def _reason_to_keep(
    connector: Connector, planned: PlannedProject, was: Declared | None, narrowing: Narrowing
) -> str | None:
    policy = planned.declared.policy
    if connector.config is None:
        return f"dcsync does not know the type {connector.type}"
    match policy.prune:
        case Prune.NONE:
            return "prune is none"
        case Prune.PREVIOUS if planned.previously is None:
            return NO_BASE
        case Prune.PREVIOUS if was is None:
            return NOT_IN_BASE
        case Prune.ALL | Prune.PREVIOUS:
            if forbidden := veto("delete", policy, connector):
                return forbidden.reason
            return NARROWED if narrowing.by_address else None
        case other:
            assert_never(other)


def _delete(connector: Connector, project: DeclaredProject, was: Declared | None) -> Delete:
    return Delete(
        address=was.address if was else "",
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=connector.data_connector_id,
        display_name=connector.display_name,
        reason="the base revision declared it, and this one does not"
        if was
        else "not declared, and prune is all",
        source=None,
        changes=describe_gone(connector, was),
        warnings=(DELETED,),
    )
