"""Projects, their policies, and all declarations of a run. Values only."""

from __future__ import annotations

from enum import StrEnum

from dcsync.dataclass import dataclass, fields
from dcsync.model.connector import Declared
from dcsync.model.diagnostic import Diagnostic, Position
from dcsync.model.freeze import FreezeWindow


class Prune(StrEnum):
    """What happens to live connectors that are not declared."""

    ALL = "all"
    PREVIOUS = "previous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a run may do in a project; `max_changes` None means any number."""

    prune: Prune
    protect: tuple[str, ...] = ()
    max_deletes: int = 3
    max_changes: int | None = None
    freeze: tuple[FreezeWindow, ...] = ()
    quota: int = 10
    protect_active: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredProject:
    """A project with all its declared connectors, in file order.

    `files` are those that declare it, named as in Positions.
    """

    project_id: str
    key: str
    policy: Policy
    connectors: tuple[Declared, ...]
    position: Position
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowances:
    """How many operations of a run its options let past the guards: `--allow-deletes N` and so on.

    The fields are named as the options, and as the keys of a saved plan.
    """

    allow_deletes: int = 0
    allow_changes: int = 0
    allow_frozen: int = 0
    allow_active: int = 0

    @classmethod
    def all(cls, number: int) -> Allowances:
        """So many past each guard."""
        return cls(**{each.name: number for each in fields(cls)})


@dataclass(frozen=True, slots=True)
class Declarations:
    """All declared projects of a run, and warnings about the files."""

    projects: tuple[DeclaredProject, ...]
    warnings: tuple[Diagnostic, ...] = ()
    rulebooks: tuple[str, ...] = ()
    """The files of house rules that the connectors were checked by."""
    variables: frozenset[str] = frozenset()
    """Environment variables that configs refer to, directly or through `vars`."""
