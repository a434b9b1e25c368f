"""Renders declarations of live projects, with unique keys and file names. Writes no file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Sequence
from itertools import count
from typing import Any

from dcsync.adopt.entry import Entry, can_be_declared
from dcsync.adopt.fleets import Fleet, fleets_of, identity
from dcsync.adopt.names import key_of, unique
from dcsync.adopt.nouns import AdoptedFile, LiveProject
from dcsync.adopt.variables import Variable, Variables
from dcsync.dataclass import dataclass, field
from dcsync.declare.canonical.writing import document
from dcsync.model import Connector, Policy, Prune

QUOTA = Policy(Prune.NONE).quota
DISCOVER = "discover"
"""Not allowed as a key: under `projects:` it means a discovered fleet."""
SUFFIX = ".yaml"
MOST_TITLES = 5


@dataclass(slots=True)
class ImportWriter:
    """One import's files, named like none of `existing`.

    `schema` is the schema for editors, "" for none.
    """

    projects: Sequence[LiveProject]
    schema: str
    existing: Collection[str]
    variables: list[Variable] = field(default_factory=list)
    _by_id: dict[str, LiveProject] = field(default_factory=dict)
    _references: Variables = field(default_factory=Variables)
    _keys: dict[str, str] = field(default_factory=dict)
    """Project keys by project id; files are named after them."""
    _names: list[str] = field(default_factory=list)
    """The files so far."""
    _taken: dict[str, set[str]] = field(default_factory=dict)
    """The connector keys that a project's fleet uses, by project id."""

    def write(self) -> list[AdoptedFile]:
        """Fleets first, then the other connectors of each project."""
        for project in self.projects:
            wanted = key_of(project.display_name, project.project_id)
            self._by_id[project.project_id] = project
            self._keys[project.project_id] = unique(wanted, {*self._keys.values(), DISCOVER})
            self._taken[project.project_id] = set(project.keys or ())
        pinned = {each.project_id: _pinned(each) for each in self.projects}
        fleets = fleets_of(
            {
                each.project_id: [c for c in each.live if c not in pinned[each.project_id]]
                for each in self.projects
                if each.keys is None
            }
        )
        files = [self._fleet(fleet) for fleet in fleets]
        fleet_of = {project_id: fleet for fleet in fleets for project_id in fleet.project_ids}
        for project in self.projects:
            fleet = fleet_of.get(project.project_id)
            own = _own(project, fleet, pinned[project.project_id])
            has_policy = fleet is not None or project.keys is not None
            if own or not has_policy:
                files.append(self._single(project, own, has_policy=has_policy))
        return files

    def _fleet(self, fleet: Fleet) -> AdoptedFile:
        projects = [self._by_id[each] for each in fleet.project_ids]
        shared = [c for c in projects[0].live if identity(c) in fleet.shared]
        connectors = self._entries(shared, (), projects[0], ())
        for each in projects:
            self._taken[each.project_id].update(connectors)
        members = {self._keys[each.project_id]: {"id": each.project_id} for each in projects}
        head = {"projects": members, "policy": _policy(projects)}
        return self._file("fleet", head, connectors, projects)

    def _single(
        self, project: LiveProject, own: Sequence[Connector], *, has_policy: bool
    ) -> AdoptedFile:
        """A project's own file; with the policy, unless a fleet or an earlier file has it."""
        key = self._keys[project.project_id]
        words = (key,) if len(self.projects) > 1 else ()
        connectors = self._entries(own, self._taken[project.project_id], project, words)
        policy = {} if has_policy else {"policy": _policy([project])}
        head = {"project": project.project_id, **policy}
        return self._file(key, head, connectors, [project])

    def _entries(
        self,
        live: Iterable[Connector],
        taken: Container[str],
        project: LiveProject,
        words: tuple[str, ...],
    ) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        pinned = _pinned(project)
        names = {each.display_name for each in project.live}
        for each in live:
            key = key_of(each.display_name, "connector")
            while key in taken or key in entries or (key in names and _is_unnamed(each)):
                key = unique(key, {key, *entries})  # an unnamed one's key is its declared name
            entry = Entry(key, (*words, key), self._references)
            entries[key] = entry.of(each, pinned=each in pinned)
        return entries

    def _file(
        self,
        name: str,
        head: dict[str, Any],
        connectors: dict[str, Any],
        projects: Sequence[LiveProject],
    ) -> AdoptedFile:
        file = self._name(name)
        self.variables += self._references.in_file(file)[len(self.variables) :]
        comments = [f"yaml-language-server: $schema={self.schema}"] if self.schema else []
        comments.append(f"Imported from {_titles([each.display_name for each in projects])}.")
        text = document({"dcsync": 1, **head, "connectors": connectors}, head=comments)
        return AdoptedFile(file, text, len(connectors) * len(projects), len(projects))

    def _name(self, stem: str) -> str:
        """An unused file name."""
        names = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
        files = (f"{name}{SUFFIX}" for name in names)
        file = next(each for each in files if each not in (*self._names, *self.existing))
        self._names.append(file)
        return file


def _own(
    project: LiveProject, fleet: Fleet | None, pinned: tuple[Connector, ...]
) -> list[Connector]:
    """The connectors of a project that are not in its fleet."""
    shared = fleet.shared if fleet else frozenset()
    return [each for each in project.live if each in pinned or identity(each) not in shared]


def _pinned(project: LiveProject) -> tuple[Connector, ...]:
    """Connectors with an ambiguous name, or one that cannot be declared."""
    counts = Counter(each.display_name for each in (*project.live, *project.others))
    return tuple(
        each for each in project.live if counts[each.display_name] > 1 or _is_unnamed(each)
    )


def _is_unnamed(live: Connector) -> bool:
    return not can_be_declared(live.display_name)


def _policy(projects: Iterable[LiveProject]) -> dict[str, Any]:
    most = max(len(each.live) + len(each.others) for each in projects)
    return {"prune": "none", **({"quota": most} if most > QUOTA else {})}


def _titles(names: Sequence[str]) -> str:
    """The projects' names on one line, without control characters."""
    text = ", ".join(name or "(no name)" for name in names[:MOST_TITLES])
    more = f" and {len(names) - MOST_TITLES} more" if len(names) > MOST_TITLES else ""
    return "".join(char if char.isprintable() else " " for char in f"{text}{more}")
