"""What becomes of live connectors that nothing declares. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from dcsync.model import Connector, DeclaredProject, Prune
from dcsync.plan.costs import DELETED
from dcsync.plan.differ import describe
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Delete, Unmanaged
from dcsync.plan.protection import PROTECTED, is_protected


def prune(
    undeclared: Iterable[Connector], project: DeclaredProject, narrowing: Narrowing
) -> tuple[tuple[Delete, ...], tuple[Unmanaged, ...]]:
    """The deletes, and all that is left alone with its reason."""
    deletes, unmanaged = [], []
    for connector in undeclared:
        reason = _reason_to_keep(connector, project, narrowing)
        if reason:
            unmanaged.append(_leave(connector, project, reason))
        else:
            deletes.append(_delete(connector, project))
    return tuple(deletes), tuple(unmanaged)


def _reason_to_keep(
    connector: Connector, project: DeclaredProject, narrowing: Narrowing
) -> str | None:
    if connector.config is None:
        return f"dcsync does not know the type {connector.type}"
    match project.policy.prune:
        case Prune.NONE:
            return "prune is none"
        case Prune.PREVIOUS:
            return "prune is previous, and no --base tells what was declared before"
        case Prune.ALL:
            if is_protected(connector.display_name, project.policy):
                return PROTECTED
            return "outside what this run was narrowed to" if narrowing.by_address else None
        case other:
            assert_never(other)


def _delete(connector: Connector, project: DeclaredProject) -> Delete:
    return Delete(
        address="",
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=connector.data_connector_id,
        display_name=connector.display_name,
        reason="nothing declares it, and prune is all",
        source=None,
        changes=describe(connector, gone=True),
        warnings=(DELETED,),
    )


def _leave(connector: Connector, project: DeclaredProject, reason: str) -> Unmanaged:
    return Unmanaged(
        project.key,
        project.project_id,
        connector.data_connector_id,
        connector.display_name,
        connector.type,
        reason,
    )
