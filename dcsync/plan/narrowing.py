"""Which connectors a run was asked for. Pure.

Narrowing never changes what is compared. With addresses, an undeclared connector is never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from dcsync.model import DeclaredProject


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Address patterns to take and to leave out; empty means everything."""

    addresses: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    def takes_project(self, project: DeclaredProject) -> bool:
        """Whether the run is about this project at all; its key and its id both name it."""
        return not self.projects or any(
            fnmatchcase(name, pattern)
            for pattern in self.projects
            for name in (project.key, project.project_id)
        )

    @property
    def by_address(self) -> bool:
        """Whether the run is about some connectors only."""
        return bool(self.addresses or self.excepted)

    def takes(self, address: str) -> bool:
        """Whether the run is about the connector declared at this address."""
        asked = not self.addresses or _fits(address, self.addresses)
        return asked and not _fits(address, self.excepted)

    def unknown(self, projects: Iterable[DeclaredProject]) -> tuple[str, ...]:
        """Patterns that fit nothing that is declared: surely a misspelling."""
        projects = list(projects)
        addresses = [each.address for project in projects for each in project.connectors]
        names = [name for project in projects for name in (project.key, project.project_id)]
        return (
            *_fitting_none(self.addresses + self.excepted, addresses),
            *_fitting_none(self.projects, names),
        )


def _fitting_none(patterns: Iterable[str], names: Iterable[str]) -> Iterable[str]:
    names = list(names)
    return (each for each in patterns if not any(fnmatchcase(name, each) for name in names))


def _fits(address: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(address, pattern) for pattern in patterns)
