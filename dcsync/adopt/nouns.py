"""The input and output of an import. Values only."""

from __future__ import annotations

from dcsync.adopt.variables import Variable
from dcsync.dataclass import dataclass
from dcsync.model import Connector


@dataclass(frozen=True, slots=True)
class LiveProject:
    """A project as the API lists it: what is to be adopted, and what else is in it.

    `keys` are those of connectors that files already declare; None: no file declares the project.
    """

    project_id: str
    display_name: str
    live: tuple[Connector, ...]
    others: tuple[Connector, ...] = ()
    keys: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """A file to write, and how many connectors of how many projects it declares."""

    name: str
    text: str
    connectors: int
    projects: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A live connector that cannot be declared, and why."""

    connector: Connector
    reason: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """The result of an import. Only the variables' values are secret."""

    files: tuple[AdoptedFile, ...]
    variables: tuple[Variable, ...]
    left_out: tuple[LeftOut, ...]
