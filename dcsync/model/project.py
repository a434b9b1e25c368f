"""Projects, their policies, and everything that a run declares. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dcsync.model.connector import Declared
from dcsync.model.diagnostic import Diagnostic, Position
from dcsync.model.freeze import FreezeWindow


class Prune(StrEnum):
    """What happens to live connectors that nothing declares."""

    ALL = "all"
    PREVIOUS = "previous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """A project's rules about what a run may do in it; `max_changes` None is any number."""

    prune: Prune
    protect: tuple[str, ...] = ()
    max_deletes: int = 3
    max_changes: int | None = None
    freeze: tuple[FreezeWindow, ...] = ()
    quota: int = 10


@dataclass(frozen=True, slots=True)
class DeclaredProject:
    """One project with everything the files declare for it, in the order of the files.

    `files` are those that declare it, named as in Positions.
    """

    project_id: str
    key: str
    policy: Policy
    connectors: tuple[Declared, ...]
    position: Position
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything that a run's files declare, and the warnings they earned."""

    projects: tuple[DeclaredProject, ...]
    warnings: tuple[Diagnostic, ...] = ()
