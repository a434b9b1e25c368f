"""What a comparison of the three sides finds. Values only; none of them holds a secret."""

from __future__ import annotations

from enum import StrEnum

from dcsync.dataclass import dataclass
from dcsync.model import Diagnostic, FieldPath, Position
from dcsync.plan import Shown, Unmanaged

EVERYTHING = "*"
"""The field of a connector that is missing or was created: all of it."""


class DriftKind(StrEnum):
    """What happened to a connector behind Git's back."""

    CHANGED = "changed"
    DELETED = "deleted"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """A field as it was applied and as it is live; `declared` where that is another by now."""

    path: FieldPath
    applied: Shown
    live: Shown
    declared: Shown = None
    is_declared_otherwise: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """One connector that is not as it was applied.

    `address` of a created one is where it would be declared: its project's key and its name.
    """

    kind: DriftKind
    address: str
    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    source: Position | None
    fields: tuple[FieldDrift, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """What an acceptance names."""
        return tuple(str(each.path) for each in self.fields) or (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class Pending:
    """A declared connector that the next apply changes, and how: no drift."""

    action: str
    address: str
    display_name: str
    source: Position | None
    paths: tuple[FieldPath, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A field of an applied connector of which nothing can be said, and why."""

    address: str
    path: FieldPath
    reason: str


@dataclass(frozen=True, slots=True)
class ProjectDrift:
    """What was found in one project; `problems` where it could not be compared."""

    drifts: tuple[Drift, ...] = ()
    pending: tuple[Pending, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    as_applied: int = 0
    problems: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
