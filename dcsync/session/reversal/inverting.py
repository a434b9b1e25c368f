"""The operations that revert a run immediately after it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dcsync.model import DeclaredProject, Secret, comparable
from dcsync.plan import Change, Create, Delete, Operation, Shown, Update, as_created
from dcsync.plan.costs import DELETED, costs
from dcsync.plan.differ import describe
from dcsync.plan.normalise import Field, normalise
from dcsync.plan.reverse import (
    CHANGED,
    CREATED_BY_RUN,
    DELETED_BY_RUN,
    Former,
    Made,
    Restored,
    names,
    recreation,
    remaining,
)


def operations_back(
    former: Former, reverted: Mapping[str, tuple[Change, ...]], project: DeclaredProject
) -> list[Operation]:
    """The operations that revert the run immediately after it, in order."""
    updated = [each for each in former.restored if each.paths]
    recreated = [each for each in former.restored if each.paths is None]
    return [
        *(_update(each, reverted[each.declared.address], project) for each in updated),
        *(_create(each, project) for each in recreated),
        *(_delete(each, project) for each in former.made),
    ]


def _update(restored: Restored, changes: Iterable[Change], project: DeclaredProject) -> Update:
    was = normalise(restored.declared.connector)
    inverted = tuple(
        Change(
            each.path, each.after, _reference(was.get(comparable(each.path)), each), each.sensitive
        )
        for each in changes
        if each.path in (restored.paths or ())
    )
    return Update(
        **names(restored.declared, project),
        data_connector_id=restored.declared.connector.data_connector_id,
        reason=CHANGED,
        changes=inverted,
        warnings=(*costs(inverted, restored.declared.connector.type), *remaining(restored)),
    )


def _reference(was: Field | None, change: Change) -> Shown:
    """The old value; for a secret its reference."""
    return was.value.shown if was and isinstance(was.value, Secret) else change.before


def _create(restored: Restored, project: DeclaredProject) -> Create:
    return Create(
        **names(restored.declared, project),
        data_connector_id="",
        reason=DELETED_BY_RUN,
        changes=describe(as_created(restored.declared.connector)),
        warnings=recreation(restored),
    )


def _delete(made: Made, project: DeclaredProject) -> Delete:
    changes = tuple(
        Change(path, value, None) for path, value in made.after.items() if value is not None
    )
    return Delete(
        **names(made.declared, project),
        data_connector_id="",
        reason=CREATED_BY_RUN,
        changes=changes,
        warnings=(DELETED,),
    )
