"""The connectors that a run is limited to. Pure.

Narrowing never changes what is compared. With addresses, an undeclared connector is never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from dcsync.dataclass import dataclass
from dcsync.model import DeclaredProject

_WILDCARDS = frozenset("*?[")

NO_PROJECT = "-"
"""A pattern for a run about no project at all; the API's own wildcard, so never an id."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Address patterns to include and to exclude, project patterns, and the ids of changed projects
    (None: not requested). Empty patterns match everything."""

    addresses: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    changed: tuple[str, ...] | None = None

    def takes_project(self, project: DeclaredProject) -> bool:
        """Whether the run includes this project; matches its key and its id."""
        if self.changed is not None and project.project_id not in _set_of(self.changed):
            return False
        names = (project.key, project.project_id)
        return not self.projects or any(_fits(name, self.projects) for name in names)

    @property
    def by_address(self) -> bool:
        """Whether the run is limited to some connectors."""
        return bool(self.addresses or self.excepted)

    def takes(self, address: str) -> bool:
        """Whether the run includes the connector at this address."""
        asked = not self.addresses or _fits(address, self.addresses)
        return asked and not _fits(address, self.excepted)

    def unknown(self, projects: Iterable[DeclaredProject]) -> tuple[str, ...]:
        """Patterns that match nothing declared, so probably misspelled."""
        projects = list(projects)
        addresses = [each.address for project in projects for each in project.connectors]
        names = [name for project in projects for name in (project.key, project.project_id)]
        return (
            *_fitting_none(self.addresses + self.excepted, addresses),
            *_fitting_none(self.projects, names),
        )


WHOLE = Narrowing()
"""Everything that is declared."""


def shard(
    projects: Iterable[DeclaredProject], number: int, total: int
) -> tuple[DeclaredProject, ...]:
    """Every `total`-th project by id, starting with the `number`-th: the same on each machine."""
    return tuple(sorted(projects, key=lambda each: each.project_id)[number - 1 :: total])


def _fitting_none(patterns: tuple[str, ...], names: Iterable[str]) -> Iterable[str]:
    known = frozenset(names)
    found = _split(patterns).names & known
    return (
        each
        for each in patterns
        if each not in found and not any(fnmatchcase(name, each) for name in known)
    )


def _fits(address: str, patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return False
    split = _split(patterns)
    return address in split.names or any(fnmatchcase(address, each) for each in split.wildcards)


@dataclass(frozen=True, slots=True)
class _Split:
    """Patterns that are names, of which a shard has thousands, and those with wildcards."""

    names: frozenset[str]
    wildcards: tuple[str, ...]


@lru_cache(maxsize=8)
def _split(patterns: tuple[str, ...]) -> _Split:
    names = frozenset(each for each in patterns if not _WILDCARDS.intersection(each))
    return _Split(names, tuple(each for each in patterns if each not in names))


@lru_cache(maxsize=8)
def _set_of(ids: tuple[str, ...]) -> frozenset[str]:
    return frozenset(ids)
