"""The operation, if any, for each matched declaration. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcsync.dataclass import replace
from dcsync.model import Connector, Declared, DeclaredProject, Diagnostic, Severity
from dcsync.model.path import DISPLAY_NAME
from dcsync.plan.costs import REPLACED, costs
from dcsync.plan.differ import (
    SYSTEM_DISABLED,
    as_created,
    compare,
    describe,
    describe_replacement,
    unknown_fields,
)
from dcsync.plan.operations import Blocked, Change, Create, Operation, Replace, Update
from dcsync.plan.retirement import name_before
from dcsync.plan.vetoes import permit

Pair = tuple[Declared, Connector | None]


def reconcile(pairs: Iterable[Pair], project: DeclaredProject) -> tuple[Operation, ...]:
    """One operation for each pair that is not in sync, in the order of the declarations."""
    operations = (_reconcile(declared, live, project) for declared, live in pairs)
    return tuple(operation for operation in operations if operation)


def remarks_on(pairs: Sequence[Pair]) -> tuple[Diagnostic, ...]:
    """Warnings about matched connectors, whether they change or not."""
    return tuple(
        Diagnostic(Severity.WARNING, f"{declared.address}: {remark}", declared.position)
        for declared, live in pairs
        for remark in _remarks(declared, live)
    )


def _remarks(declared: Declared, live: Connector | None) -> Iterable[str]:
    if live and live.status == SYSTEM_DISABLED:
        yield _disabled_remark(declared.connector.status)
    for path, text in unknown_fields(declared):
        yield f"{path} is not compared, a variable is not set: {text}"


def _disabled_remark(wanted: str) -> str:
    advice = {
        "ACTIVE": "this plan enables it: fix its endpoint first",
        "USER_DISABLED": "it is declared USER_DISABLED, so it stays off",
    }.get(wanted, "fix its endpoint, then declare status: ACTIVE")
    return (
        "the service has disabled this connector (SYSTEM_DISABLED) after days of failed "
        f"deliveries; {advice}"
    )


def _reconcile(
    declared: Declared, live: Connector | None, project: DeclaredProject
) -> Operation | None:
    if live is None:
        return _create(declared, project)
    if live.type != declared.connector.type:
        return _replace(declared, live, project)
    changes = compare(_with_name_back(declared, live), live)
    return _update(declared, live, project, changes) if changes else None


def _with_name_back(declared: Declared, live: Connector) -> Declared:
    """The declaration; restores the name of a connector that is no longer being replaced.

    dcsync renamed it, so ignore_changes does not apply.
    """
    if name_before(live.display_name) not in {
        declared.connector.display_name,
        *declared.renamed_from,
    }:
        return declared
    ignored = tuple(each for each in declared.ignore_changes if each != DISPLAY_NAME)
    return replace(declared, ignore_changes=ignored)


def _create(declared: Declared, project: DeclaredProject) -> Create:
    return Create(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id="",
        display_name=declared.connector.display_name,
        reason="declared and not live",
        source=declared.position,
        changes=describe(as_created(declared.connector)),
    )


def _update(
    declared: Declared, live: Connector, project: DeclaredProject, changes: tuple[Change, ...]
) -> Update:
    return Update(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=live.data_connector_id,
        display_name=declared.connector.display_name,
        reason="differs from its declaration",
        source=declared.position,
        changes=changes,
        warnings=tuple(costs(changes, declared.connector.type)),
    )


def _replace(declared: Declared, live: Connector, project: DeclaredProject) -> Replace | Blocked:
    replacement = Replace(
        address=declared.address,
        project_key=project.key,
        project_id=project.project_id,
        data_connector_id=live.data_connector_id,
        display_name=declared.connector.display_name,
        reason="its type differs, and a type cannot be changed",
        source=declared.position,
        changes=describe_replacement(declared, live),
        warnings=(REPLACED,),
    )
    return permit(replacement, project.policy, live, declared.connector)
