"""Finds declaration files that `-f` omits although they declare one of the run's projects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dcsync.declare.files.documents import declaration_files, declarations_in
from dcsync.declare.files.finding import File, base_folder, is_in_repository, read_all, walk
from dcsync.declare.meaning.targets import Targets
from dcsync.declare.problems import Problems
from dcsync.declare.references.notation import References
from dcsync.declare.references.resolving import Resolver
from dcsync.declare.strict_yaml.builder import ParsedYaml
from dcsync.model import Declarations, Diagnostic, Position, Severity


def find_omitted_files(
    paths: Sequence[Path],
    declarations: Declarations,
    *,
    environ: Mapping[str, str],
    root: Path | None = None,
) -> tuple[Diagnostic, ...]:
    """An error for each file below `root` that is not in `paths` and declares a project of the run:
    its connectors would look undeclared.

    The default `root` is the Git repository around the first path; else the working directory, or
    the path itself if it is elsewhere. For a file outside of a repository, only its own directory
    is searched, not those below.
    """
    first = paths[0] if paths else Path()
    below = bool(root) or first.is_dir() or is_in_repository(first.parent)
    root = root or (base_folder(_folder_of(first)) if below else first.parent)
    root = Path() if root == Path.cwd() else root
    if any(path.is_dir() and path.samefile(root) for path in paths):
        return ()
    included = {os.path.realpath(file) for path in paths for file in _files_of(path)}
    discarded = Problems()
    files = declaration_files(read_all([root], discarded, skip=included, below=below), discarded)
    resolver = Resolver(environ, References.SKIP, discarded)
    ids = {each.project_id for each in declarations.projects}
    return tuple(
        Diagnostic(Severity.ERROR, _message(project_id), position)
        for project_id, position in [*_declared(files, root, resolver), *_mentioned(files, ids)]
        if project_id in ids
    )


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from walk(path)
    else:
        yield path


def _declared(
    files: Sequence[tuple[File, ParsedYaml]], root: Path, resolver: Resolver
) -> Iterator[tuple[str, Position]]:
    finder = Targets(resolver, resolver.problems, None)
    for declaration in declarations_in(files, root, resolver.problems):
        for target in finder.of(declaration):
            yield target.project_id, target.position


def _mentioned(
    files: Sequence[tuple[File, ParsedYaml]], ids: Iterable[str]
) -> Iterator[tuple[str, Position]]:
    """Files with syntax errors may declare any project whose id they contain."""
    for file, parsed in files:
        if not parsed.complete:
            for project_id in ids:
                if project_id.encode() in file.data:
                    yield project_id, file.position()


def _message(project_id: str) -> str:
    return (
        f"this file also declares project {project_id}, but -f does not include it: "
        "add it or its folder, or its connectors are treated as undeclared"
    )
