"""The parts of a plan: operations, unmanaged connectors, and the Plan itself. Values only.

None of them holds a secret: a change holds what may be shown, the values stay in the declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dcsync.dataclass import dataclass, field
from dcsync.model import Connector, DeclaredProject, Diagnostic, FieldPath, Position
from dcsync.plan.narrowing import WHOLE, Narrowing

Shown = str | int | float | bool | tuple[str, ...] | None
"""A field's value as it may be shown; None if there is none."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs, by its path in the declaration: `config.headers.X-Env`."""

    path: FieldPath
    before: Shown
    after: Shown
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class _Operation:
    """The fields of every operation.

    `address` is "" for an undeclared connector, `data_connector_id` is "" if it is not live yet,
    and `source` is None if no file declares it.
    """

    action: ClassVar[str]
    address: str
    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    reason: str
    source: Position | None
    changes: tuple[Change, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Create(_Operation):
    """A declared connector that is not live."""

    action: ClassVar[str] = "create"


@dataclass(frozen=True, slots=True)
class Update(_Operation):
    """A live connector that differs from its declaration."""

    action: ClassVar[str] = "update"


@dataclass(frozen=True, slots=True)
class Replace(_Operation):
    """A live connector of another type: the new one is created, then the old one deleted.

    With `delete_first` the order is reversed, because the project has no room for both.
    """

    action: ClassVar[str] = "replace"
    delete_first: bool = False


@dataclass(frozen=True, slots=True)
class Delete(_Operation):
    """A live connector that is not declared, or is to be destroyed."""

    action: ClassVar[str] = "delete"


@dataclass(frozen=True, slots=True)
class Blocked(_Operation):
    """An operation (`wanted`) that is not executed, because of `reason`."""

    action: ClassVar[str] = "blocked"
    wanted: str = ""


def block(operation: _Operation, reason: str, explanation: str) -> Blocked:
    """A blocked form of the operation."""
    return Blocked(
        operation.address,
        operation.project_key,
        operation.project_id,
        operation.data_connector_id,
        operation.display_name,
        reason,
        operation.source,
        operation.changes,
        (explanation,),
        wanted=operation.action,
    )


Operation = Create | Update | Replace | Delete | Blocked

LOSING = ("delete", "replace")
"""Actions that drop a live connector with its undelivered events."""


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A live connector that is not changed, and why."""

    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    type: str
    reason: str


def leave(connector: Connector, project: DeclaredProject, reason: str) -> Unmanaged:
    """An Unmanaged for a live connector of the project."""
    return Unmanaged(
        project.key,
        project.project_id,
        connector.data_connector_id,
        connector.display_name,
        connector.type,
        reason,
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """What holds the whole run back: its project ("" for the run), the option that overrides it,
    and the reason, with both ways to continue."""

    project_id: str
    lifted_by: str
    message: str


@dataclass(frozen=True, slots=True)
class Impact:
    """The deliveries, in the last three hours, of a live connector that would be removed.

    None, with the reason in `trouble`, if they could not be read.
    """

    project_id: str
    data_connector_id: str
    status: str
    successes: int | None = None
    failures: int | None = None
    trouble: str = ""

    @property
    def is_unseen(self) -> bool:
        return self.successes is None

    @property
    def delivers(self) -> bool:
        """Whether events are delivered now; never for a disabled connector."""
        return self.status == "ACTIVE" and bool(self.successes)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply would do, in the order in which it would, and what it would not.

    `warnings` concern live connectors that may need no operation; `problems` are projects that
    could not be planned, `unplanned` of them. A plan that is not whole has no digest. `impacts` is
    None where nobody asked. `names` is what projects are named, by key and id, as far as anybody
    knows: no part of the plan.
    """

    operations: tuple[Operation, ...]
    unchanged: int
    unmanaged: tuple[Unmanaged, ...]
    guards: tuple[Guard, ...]
    warnings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]
    digest: str
    narrowing: Narrowing = WHOLE
    unplanned: int = 0
    impacts: tuple[Impact, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether every project of the run could be planned."""
        return not self.problems

    def count(self, action: str) -> int:
        """The number of operations of an action: `create`, `update`, …, `blocked`."""
        return sum(operation.action == action for operation in self.operations)

    @property
    def has_changes(self) -> bool:
        """Whether apply would do anything."""
        return self.count("blocked") < len(self.operations)
