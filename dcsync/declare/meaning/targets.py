"""Finds the projects that each declaration is about, and the declarations of each project."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from dcsync.dataclass import dataclass, field
from dcsync.declare.declaration import Declaration
from dcsync.declare.meaning.discovery import Discover, Discovery
from dcsync.declare.problems import Problems
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.blocks import Block, Mark
from dcsync.model import Position

_OFFLINE = (
    "the projects that 'discover' finds cannot be checked without the cloud; "
    "the connectors were checked with a placeholder project"
)


@dataclass(frozen=True, slots=True)
class ProjectTarget:
    """A project that a declaration is about; `key` is None if the id serves as the key."""

    declaration: Declaration
    project_id: str
    key: str | None
    position: Position
    variables: tuple[Block, ...]
    discovered: bool = False


@dataclass(slots=True)
class TargetedProject:
    """A project and all declarations about it, in file order."""

    project_id: str
    key: str
    position: Position
    targets: list[ProjectTarget] = field(default_factory=list)
    """One per declaration."""
    other_keys: list[ProjectTarget] = field(default_factory=list)
    """Further mentions of the project in one declaration."""


class Targets:
    """Finds the targets of declarations; those without one are checked with a placeholder."""

    def __init__(self, resolver: Resolver, problems: Problems, discover: Discover | None) -> None:
        self.resolver = resolver
        self.problems = problems
        self.discover = discover
        self.placeholders: list[ProjectTarget] = []

    def of(self, declaration: Declaration) -> list[ProjectTarget]:
        """The projects that a declaration is about; none if they are unknown."""
        targets = list(self._find(declaration))
        if not targets:
            variables = _blocks(declaration.block.get("vars"))
            position = declaration.at(declaration.start)
            self.placeholders.append(ProjectTarget(declaration, "", "", position, variables))
        return targets

    def _find(self, declaration: Declaration) -> Iterator[ProjectTarget]:
        block = declaration.block
        variables = _blocks(block.get("vars"))
        scope = ReferenceScope(declaration, variables)
        projects = block.get("projects")
        if isinstance(projects, Block):
            for key, project in projects.items():
                if key == "discover":
                    yield from self._discovered(project, scope)
                elif isinstance(project, Block):
                    yield from self._member(key, project, projects.key_mark(key), scope)
        elif isinstance(block.get("project"), str):
            mark = block.value_mark("project")
            project_id = self.resolver.identifier(block["project"], scope, mark)
            if project_id:
                yield ProjectTarget(declaration, project_id, None, scope.at(mark), variables)

    def _member(
        self, key: str, project: Block, mark: Mark, scope: ReferenceScope
    ) -> Iterator[ProjectTarget]:
        variables = (*_blocks(project.get("vars")), *scope.variables)
        own = ReferenceScope(scope.declaration, variables)
        if isinstance(project.get("id"), str):
            project_id = self.resolver.identifier(project["id"], own, project.value_mark("id"))
            if project_id:
                yield ProjectTarget(scope.declaration, project_id, key, scope.at(mark), variables)

    def _discovered(self, block: object, scope: ReferenceScope) -> Iterator[ProjectTarget]:
        if not isinstance(block, Block) or not isinstance(block.get("organization"), str):
            return
        mark = block.value_mark("organization")
        position = scope.at(mark)
        organization = self.resolver.identifier(block["organization"], scope, mark)
        glob = self._glob(block, scope)
        if self.discover is None:
            self.problems.warn(_OFFLINE, position)
        elif organization:
            for found in self.discover(Discovery(organization, glob, position)):
                if not found.is_inventory and fnmatchcase(found.display_name, glob):
                    where = (position, scope.variables)
                    yield ProjectTarget(
                        scope.declaration, found.project_id, None, *where, discovered=True
                    )

    def _glob(self, block: Block, scope: ReferenceScope) -> str:
        name = block.get("display_name")
        if not isinstance(name, str):
            return "*"
        return self.resolver.name(name, scope, block.value_mark("display_name")) or ""


def _blocks(value: object) -> tuple[Block, ...]:
    return (value,) if isinstance(value, Block) else ()


def join(targets: list[ProjectTarget], problems: Problems) -> list[TargetedProject]:
    """The targets grouped by project id; `project: ID` uses the key that a fleet gives this id."""
    projects: dict[str, TargetedProject] = {}
    for target in targets:
        key = target.key or target.project_id
        project = projects.setdefault(
            target.project_id, TargetedProject(target.project_id, key, target.position)
        )
        if not any(target.declaration is each.declaration for each in project.targets):
            project.targets.append(target)
        elif target.key:
            project.other_keys.append(target)
    for project in projects.values():
        _choose_key(project, problems)
    _refuse_shared_keys(projects, problems)
    return list(projects.values())


def _choose_key(project: TargetedProject, problems: Problems) -> None:
    keyed: dict[str, ProjectTarget] = {}
    for target in (*project.targets, *project.other_keys):
        if target.key:
            keyed.setdefault(target.key, target)
    if keyed:
        first, *others = keyed.values()
        project.key, project.position = first.key or "", first.position
        for other in others:
            message = (
                f"project {project.project_id} has two keys: '{other.key}' here and "
                f"'{first.key}' at {first.position}"
            )
            problems.error(message, other.position)


def _refuse_shared_keys(projects: dict[str, TargetedProject], problems: Problems) -> None:
    seen: dict[str, TargetedProject] = {}
    for project in projects.values():
        other = seen.setdefault(project.key, project)
        if other is not project:
            message = f"'{project.key}' is the key of another project at {other.position}"
            problems.error(message, project.position)
