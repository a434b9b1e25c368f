"""Plans the reversal of a run: deletes what it created, restores what it changed. Pure.

Nothing is guessed: what somebody has changed since is blocked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dcsync.dataclass import dataclass, replace
from dcsync.model import Connector, Declared, DeclaredProject, FieldPath, comparable
from dcsync.model.path import CONFIG, DISPLAY_NAME, STATUS
from dcsync.plan.costs import DELETED, costs
from dcsync.plan.differ import as_created, compare, describe, describe_gone
from dcsync.plan.make import ProjectPlan, ProjectPlanner
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.normalise import normalise
from dcsync.plan.operations import (
    Blocked,
    Change,
    Create,
    Delete,
    Operation,
    Shown,
    Update,
    block,
)
from dcsync.plan.order import make_room
from dcsync.plan.previous import PlannedProject
from dcsync.plan.vetoes import permit

CHANGED_SINCE = "changed since"
CHANGED = "the reverted run changed it"
CREATED_BY_RUN = "the reverted run created it"
DELETED_BY_RUN = "the reverted run deleted it"
NAME_ONLY = frozenset({DISPLAY_NAME})


@dataclass(frozen=True, slots=True)
class Restored:
    """A connector as it was, pinned by its id.

    `paths` are the fields that the run changes of it, None where it takes it away; `after` is what
    it sets, as far as it may be shown, `lost` what no reference stands for.
    """

    declared: Declared
    paths: tuple[FieldPath, ...] | None
    after: Mapping[FieldPath, Shown]
    lost: tuple[FieldPath, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A connector that the run creates; `after` are the values that it sets, as shown."""

    declared: Declared
    after: Mapping[FieldPath, Shown]


@dataclass(frozen=True, slots=True)
class Former:
    """What a run changes in one project; `known` are the ids that were live before it."""

    known: frozenset[str]
    restored: tuple[Restored, ...]
    made: tuple[Made, ...]


def roll_back(formers: Mapping[str, Former]) -> ProjectPlanner:
    """Plans the reversal, for projects by id."""

    def plan(
        planned: PlannedProject,
        live: Sequence[Connector],
        narrowing: Narrowing,  # noqa: ARG001 - a planner's
    ) -> ProjectPlan:
        project = planned.declared
        former = formers[project.project_id]
        reversal = _Reversal(former, live, project)
        restoring = [reversal.restore(each) for each in former.restored]
        unmaking = [reversal.unmake(each) for each in former.made]
        operations = [each for each in (*restoring, *unmaking) if each]
        return ProjectPlan(
            make_room(operations, len(live), project.policy.quota), restoring.count(None)
        )

    return plan


def as_left(
    restored: Restored, former: Former, live: Sequence[Connector]
) -> tuple[Declared, Connector | None]:
    """The declarations that revert the run from the current state, with their live connectors.

    Fields that the run did not change are not managed.
    """
    declared = restored.declared
    wanted = declared.connector
    found = next(
        (each for each in live if each.data_connector_id == wanted.data_connector_id), None
    )
    if found is None and restored.paths is None:
        declared = replace(declared, connector=replace(wanted, data_connector_id=""))
        new = list(_new(wanted, former, live))
        found = new[0] if len(new) == 1 else None
        kept = _paths(wanted, found) - {comparable(each) for each in restored.lost}
    else:
        kept = frozenset(map(comparable, restored.paths or NAME_ONLY))
    ignored = tuple(sorted(_paths(wanted, found) - kept))
    return replace(declared, ignore_changes=ignored), found


def _paths(wanted: Connector, live: Connector | None) -> frozenset[FieldPath]:
    return frozenset(normalise(wanted)) | frozenset(normalise(live) if live else ())


def _new(wanted: Connector, former: Former, live: Iterable[Connector]) -> Iterator[Connector]:
    """Connectors of the same name that were created since the run began."""
    for each in live:
        same = (each.display_name, each.type) == (wanted.display_name, wanted.type)
        if same and each.data_connector_id not in former.known:
            yield each


@dataclass(frozen=True, slots=True)
class _Reversal:
    """The reversal of one project from its live state."""

    former: Former
    live: Sequence[Connector]
    project: DeclaredProject

    def restore(self, restored: Restored) -> Operation | None:
        """The operation that restores a connector; None if it is as before."""
        declared, found = as_left(restored, self.former, self.live)
        if found is None and restored.paths is not None:
            gone = self._update(restored, declared.connector.data_connector_id, ())
            return block(
                gone, "gone", "somebody has deleted it since, so there is nothing to restore"
            )
        if found is None:
            return self._create(restored, declared)
        changes = compare(declared, found)
        if not changes:
            return None
        update = self._update(restored, found.data_connector_id, changes)
        if restored.paths is not None and (strange := _strange(changes, restored.after)):
            return block(update, CHANGED_SINCE, f"somebody has changed {strange} since")
        return update

    def unmake(self, made: Made) -> Operation | None:
        """The operation that deletes a new connector; None if it does not exist."""
        new = list(_new(made.declared.connector, self.former, self.live))
        if not new:
            return None
        changes = describe_gone(new[0], made.declared)
        delete = Delete(
            **names(made.declared, self.project),
            data_connector_id=new[0].data_connector_id,
            reason=CREATED_BY_RUN,
            changes=changes,
            warnings=(DELETED,),
        )
        if len(new) > 1:
            ids = ", ".join(each.data_connector_id for each in new)
            return block(delete, "ambiguous", f"more than one new connector has this name: {ids}")
        shown = {each.path: each.before for each in changes if not each.sensitive}
        config = {path: value for path, value in made.after.items() if CONFIG.covers(path)}
        strange = [str(path) for path, value in config.items() if shown.get(path, value) != value]
        if strange:
            why = f"somebody has changed {', '.join(strange)} since"
            return block(delete, CHANGED_SINCE, why)
        return permit(delete, self.project.policy, new[0], made.declared.connector)

    def _create(self, restored: Restored, declared: Declared) -> Create | Blocked:
        create = Create(
            **names(declared, self.project),
            data_connector_id="",
            reason=DELETED_BY_RUN,
            changes=describe(as_created(declared.connector)),
            warnings=recreation(restored),
        )
        name = declared.connector.display_name
        holders = [each for each in self.live if each.display_name == name and self._stays(each)]
        if holders:
            return block(create, "name taken", f"{holders[0].data_connector_id} has this name now")
        return create

    def _stays(self, live: Connector) -> bool:
        """Whether a connector is neither deleted nor renamed by the reversal."""
        for made in self.former.made:
            if live in _new(made.declared.connector, self.former, [live]):
                return False
        return not any(
            each.declared.connector.data_connector_id == live.data_connector_id
            and DISPLAY_NAME in (each.paths or ())
            for each in self.former.restored
        )

    def _update(
        self, restored: Restored, data_connector_id: str, changes: tuple[Change, ...]
    ) -> Update:
        return Update(
            **names(restored.declared, self.project),
            data_connector_id=data_connector_id,
            reason=CHANGED,
            changes=changes,
            warnings=(
                *costs(changes, restored.declared.connector.type),
                *(remaining(restored) if restored.paths is not None else ()),
            ),
        )


def names(declared: Declared, project: DeclaredProject) -> dict[str, Any]:
    """The identity of a connector in an operation."""
    return {
        "address": declared.address,
        "project_key": project.key,
        "project_id": project.project_id,
        "display_name": declared.connector.display_name,
        "source": None,
    }


def recreation(restored: Restored) -> tuple[str, ...]:
    """The differences of a connector that is created again."""
    new = "it gets a new id, and its undelivered events are lost"
    return (new, *(f"it is created without its {why_lost(each)}" for each in restored.lost))


def remaining(restored: Restored) -> tuple[str, ...]:
    """The fields that keep the new value."""
    return tuple(f"it keeps its new {why_lost(each)}" for each in restored.lost)


def why_lost(path: FieldPath) -> str:
    """A field that cannot be restored, with the reason."""
    if path == STATUS:
        return "status, because only the service can set it"
    return f"{path}, because no reference has the old value"


def _strange(changes: Iterable[Change], after: Mapping[FieldPath, Shown]) -> str:
    """The fields that are neither as before the run nor as after it."""
    return ", ".join(
        str(each.path)
        for each in changes
        if not each.sensitive and each.path in after and each.before != after[each.path]
    )
