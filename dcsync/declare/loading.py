"""Loads declarations: files → declarations → projects → connectors, with all problems at once."""

from __future__ import annotations

import gc
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dcsync.declare.declaration import Declaration
from dcsync.declare.files.documents import declaration_files, declarations_in
from dcsync.declare.files.finding import File, read_all, require_matches
from dcsync.declare.meaning import conflicts
from dcsync.declare.meaning.connectors import WrittenConnector, declare, entries
from dcsync.declare.meaning.discovery import Discover, Discovery, FoundProject
from dcsync.declare.meaning.policies import FALLBACK_POLICY, policy_of, refuse_prune_all
from dcsync.declare.meaning.targets import ProjectTarget, TargetedProject, Targets, join
from dcsync.declare.problems import Problems
from dcsync.declare.references.notation import References
from dcsync.declare.references.permitted import report_forbidden
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.builder import ParsedYaml
from dcsync.errors import DeclarationError
from dcsync.model import Declarations, Declared, DeclaredProject

if TYPE_CHECKING:
    from dcsync.declare.rules.house import HouseRules


@contextmanager
def _gc_paused() -> Iterator[None]:
    """Disable the garbage collector, which takes a fifth of the time and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_gc_paused()
def load(
    paths: Sequence[Path],
    *,
    environ: Mapping[str, str],
    root: Path | None = None,
    references: References = References.RESOLVE,
    discover: Discover | None = None,
    only: Container[str] | None = None,
    rules: Sequence[Path] | None = None,
) -> Declarations:
    """Everything that the files in `paths` declare. Raises DeclarationError with all problems.

    Relative `file` references must stay below `root`, by default the Git repository of each file.
    `discover` is called once the files have no problems. Without it, discovered projects are
    omitted with a warning, and their connectors are only checked. `only` are the addresses of the
    connectors whose secrets are resolved, None for all. `rules` are rulebooks beside those that
    declarations name; None checks neither.
    """
    problems = Problems()
    files = declaration_files(read_all(paths, problems), problems)
    require_matches(paths, (file for file, _ in files), problems)
    run = _Load(Resolver(environ, references, problems), problems, only, rules)
    return run.load(files, root, discover)


@_gc_paused()
def load_contents(
    contents: Mapping[Path, bytes],
    *,
    environ: Mapping[str, str],
    references: References = References.SKIP,
    discover: Discover | None = None,
) -> Declarations:
    """The same for contents that are not on disk, such as a Git revision's; may be empty."""
    problems = Problems()
    files = [File(path, data, given=Path(), named=False) for path, data in contents.items()]
    run = _Load(Resolver(environ, references, problems), problems)
    return run.load(declaration_files(files, problems), None, discover)


def has_declarations(folder: Path) -> bool:
    """Whether any file in the folder is a declaration. DeclarationError if one cannot be read."""
    problems = Problems()
    files = declaration_files(read_all([folder], problems), problems)
    if problems.has_errors:
        raise DeclarationError(problems.sorted())
    return bool(files)


def _nothing(discovery: Discovery) -> Sequence[FoundProject]:  # noqa: ARG001 - a Discover
    return ()


class _Load:
    """One load: the connectors of all projects, and the conflicts between them."""

    def __init__(
        self,
        resolver: Resolver,
        problems: Problems,
        only: Container[str] | None = None,
        rules: Sequence[Path] | None = None,
    ) -> None:
        self.resolver = resolver
        self.problems = problems
        self._only = only
        self._rules = rules
        self._house: HouseRules | None = self._house_rules(rules) if rules else None
        self._skipping = Resolver(resolver.environ, References.SKIP, problems)
        self._entries: dict[int, list[WrittenConnector]] = {}

    def load(
        self, files: Sequence[tuple[File, ParsedYaml]], root: Path | None, discover: Discover | None
    ) -> Declarations:
        declarations = declarations_in(files, root, self.problems)
        if not self.resolver.references.is_earlier:
            for each in declarations:
                report_forbidden(each, self.problems)
        if discover and any(each.is_discovered for each in declarations):
            self._without_cloud()._declare(declarations, _nothing)
        projects = self._declare(declarations, discover)
        rulebooks = self._house.names if self._house else ()
        variables = frozenset(self.resolver.variables | self._skipping.variables)
        return Declarations(tuple(projects), self.problems.sorted(), rulebooks, variables)

    def _without_cloud(self) -> _Load:
        """A second load of the same files that reports only the problems of the files."""
        problems = self.problems.copy()
        resolver = Resolver(self.resolver.environ, self.resolver.references, problems)
        return _Load(resolver, problems, self._only)

    def _declare(
        self, declarations: Sequence[Declaration], discover: Discover | None
    ) -> list[DeclaredProject]:
        finder = Targets(self.resolver, self.problems, discover)
        targets = [target for each in declarations for target in finder.of(each)]
        for placeholder in finder.placeholders:
            self._connectors(placeholder, "project", "project")
            self._check_rules("", [placeholder])
            if "projects" in placeholder.declaration.block:
                refuse_prune_all(placeholder.declaration, self.problems)
        projects = join(targets, self.problems)
        all_known = not finder.placeholders and not any(
            "${" in each.project_id for each in projects
        )
        declared = [self._project(each, is_complete=all_known) for each in projects]
        if self.problems.has_errors:
            raise DeclarationError(self.problems.sorted())
        return declared

    def _project(self, project: TargetedProject, *, is_complete: bool) -> DeclaredProject:
        """`is_complete`: every project id is known, so no other file can be about this
        project."""
        has_policy = any("policy" in each.declaration.block for each in project.targets)
        policy = (
            policy_of(project, self.resolver, self.problems)
            if has_policy or is_complete
            else FALLBACK_POLICY
        )
        if is_complete:
            self._require_connectors(project)
        connectors = tuple(
            declared
            for target in project.targets
            for declared in self._connectors(target, project.project_id, project.key)
        )
        conflicts.report(connectors, policy.quota, self.problems)
        self._check_rules(project.key, project.targets)
        files = tuple(dict.fromkeys(each.declaration.file for each in project.targets))
        return DeclaredProject(
            project.project_id, project.key, policy, connectors, project.position, files
        )

    def _check_rules(self, project: str, targets: Sequence[ProjectTarget]) -> None:
        declarations = [each.declaration for each in targets]
        if self._rules is not None and any("rules" in each.block for each in declarations):
            self._house = self._house or self._house_rules(self._rules)
        if self._house:
            written = [(each, self._entries_of(each)) for each in declarations]
            self._house.check(project, written)

    def _house_rules(self, given: Sequence[Path]) -> HouseRules:
        from dcsync.declare.rules.house import HouseRules  # few teams have any

        return HouseRules(given, self.problems)

    def _require_connectors(self, project: TargetedProject) -> None:
        if not any("connectors" in each.declaration.block for each in project.targets):
            self.problems.error(
                f"project '{project.key}' has no 'connectors' in any file: "
                "write 'connectors: {}' if it has none",
                project.position,
            )

    def _connectors(self, target: ProjectTarget, project_id: str, key: str) -> list[Declared]:
        def scope() -> ReferenceScope:
            return ReferenceScope(target.declaration, target.variables, project_id, key)

        chosen, others = (self.resolver, scope()), (self._skipping, scope())
        found = []
        for entry in self._entries_of(target.declaration):
            address = f"{key}/{entry.key}"
            resolver, scope_of = chosen if self._resolves(address) else others
            found.append(declare(entry, scope_of, address, resolver, self.problems))
        return found

    def _resolves(self, address: str) -> bool:
        return self._only is None or address in self._only

    def _entries_of(self, declaration: Declaration) -> list[WrittenConnector]:
        if id(declaration) not in self._entries:
            self._entries[id(declaration)] = entries(declaration)
        return self._entries[id(declaration)]
