"""Resolves projects and connectors on the command line: by key and id, else by display name.

Keys and ids win: one is never taken for the display name of another project.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from dcsync.dataclass import dataclass, replace
from dcsync.declare import did_you_mean
from dcsync.errors import CloudError, CommandLineError
from dcsync.masked import masked_words
from dcsync.model import Declared, DeclaredProject
from dcsync.plan import Narrowing
from dcsync.session.selection.directory import Directory


def resolve(
    narrowing: Narrowing, projects: Sequence[DeclaredProject], directory: Directory
) -> Narrowing:
    """The narrowing with display names replaced by keys and ids.

    CommandLineError if a pattern matches nothing, or the name of several projects. The cloud is
    called only if a pattern matches no key, id or address.
    """
    if not narrowing.unknown(projects):
        return narrowing
    names, trouble = _look_up(projects, directory)
    called = _NamedProjects(projects, names)
    found = replace(
        narrowing,
        addresses=called.addresses(narrowing.addresses),
        excepted=called.addresses(narrowing.excepted),
        projects=called.ids(narrowing.projects),
    )
    unknown = [
        *(f"{each}{called.hint(each)}" for each in _addresses(found).unknown(projects)),
        *(f"{each}{called.project_hint(each)}" for each in _projects(found).unknown(projects)),
    ]
    if unknown:
        asked = masked_words(", ".join(unknown))
        raise CommandLineError(f"nothing is declared at {asked}{trouble}")
    return found


def _look_up(
    projects: Iterable[DeclaredProject], directory: Directory
) -> tuple[Mapping[str, str], str]:
    """The display names by id, and if they are unavailable a hint for messages."""
    try:
        return directory.look_up(each.project_id for each in projects), ""
    except CloudError as error:
        return directory.known, f"; display names could not be looked up: {error}"


@dataclass(frozen=True, slots=True)
class _NamedProjects:
    """The declared projects with their display names, by id."""

    projects: Sequence[DeclaredProject]
    names: Mapping[str, str]

    def ids(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Patterns of projects; names have become ids."""
        return tuple(each for pattern in patterns for each in self._ids(pattern))

    def addresses(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """The address patterns, with names replaced by keys."""
        return tuple(each for pattern in patterns for each in self._addresses(pattern))

    def hint(self, pattern: str) -> str:
        """A suggestion for an address."""
        keys = {each.address.partition("/")[2] for each in self._connectors()}
        if pattern in keys:
            return f" (did you mean '*/{pattern}'?)"
        for project in self.projects:
            if pattern in self._names(project):
                return f" (did you mean '{project.key}/*'?)"
        named = [
            f"{name}/{declared.address.partition('/')[2]}"
            for project in self.projects
            for declared in project.connectors
            for name in self._names(project)
        ]
        return did_you_mean(pattern, named)

    def project_hint(self, pattern: str) -> str:
        """A suggestion for a project."""
        names = [name for project in self.projects for name in self._names(project)]
        return did_you_mean(pattern, names)

    def _ids(self, pattern: str) -> Iterable[str]:
        if Narrowing(projects=(pattern,)).unknown(self.projects):
            return [each.project_id for each in self._named(pattern)] or [pattern]
        return [pattern]

    def _addresses(self, pattern: str) -> Iterable[str]:
        if not Narrowing(addresses=(pattern,)).unknown(self.projects):
            return [pattern]
        name, _, connector = pattern.rpartition("/")
        found = [f"{each.key}/{connector}" for each in self._named(name)] or [pattern]
        missing = Narrowing(addresses=tuple(found)).unknown(self.projects)
        return [each for each in found if each not in missing] or found

    def _named(self, pattern: str) -> list[DeclaredProject]:
        """The project with this name, or else those whose names match the pattern."""
        wanted = _form(pattern)
        named = [(each, _form(self.names.get(each.project_id, ""))) for each in self.projects]
        exact = [project for project, name in named if name and name == wanted]
        if len(exact) > 1:
            ids = ", ".join(map(_designation, exact))
            raise CommandLineError(
                f"{len(exact)} projects are named {pattern!r}: {ids}; name one by its key or id"
            )
        return exact or [project for project, name in named if name and fnmatchcase(name, wanted)]

    def _names(self, project: DeclaredProject) -> Iterator[str]:
        yield from {project.key: None, project.project_id: None}
        if name := self.names.get(project.project_id):
            yield name

    def _connectors(self) -> Iterator[Declared]:
        return (each for project in self.projects for each in project.connectors)


def _addresses(narrowing: Narrowing) -> Narrowing:
    return Narrowing(narrowing.addresses, narrowing.excepted)


def _projects(narrowing: Narrowing) -> Narrowing:
    return Narrowing(projects=narrowing.projects)


def _designation(project: DeclaredProject) -> str:
    is_keyed = project.key != project.project_id
    return f"{project.project_id} ({project.key})" if is_keyed else project.project_id


def _form(name: str) -> str:
    """Unicode-normalized, because keyboards and file systems compose letters differently."""
    return unicodedata.normalize("NFC", name)
