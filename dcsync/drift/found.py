"""The results of comparing the three sides. Values only, without secrets."""

from __future__ import annotations

from enum import StrEnum

from dcsync.dataclass import dataclass
from dcsync.model import Diagnostic, FieldPath, Position
from dcsync.plan import Shown, Unmanaged

EVERYTHING = "*"
"""The field of a missing or created connector: the whole connector."""


class DriftKind(StrEnum):
    """The kind of drift of a connector."""

    CHANGED = "changed"
    DELETED = "deleted"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """An applied and a live value; `declared` is the current one if it differs."""

    path: FieldPath
    applied: Shown
    live: Shown
    declared: Shown = None
    is_declared_otherwise: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """One connector that differs from what was applied.

    `address` of a created one is its project's key and its display name.
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
        """The fields that an acceptance can name."""
        return tuple(str(each.path) for each in self.fields) or (EVERYTHING,)


@dataclass(frozen=True, slots=True)
class Pending:
    """A change that the next apply makes to a connector; not drift."""

    action: str
    address: str
    display_name: str
    source: Position | None
    paths: tuple[FieldPath, ...] = ()


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A field of an applied connector that cannot be compared, with the reason."""

    address: str
    path: FieldPath
    reason: str


@dataclass(frozen=True, slots=True)
class ProjectDrift:
    """The findings in one project; `problems` if it could not be compared."""

    drifts: tuple[Drift, ...] = ()
    pending: tuple[Pending, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    as_applied: int = 0
    problems: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
