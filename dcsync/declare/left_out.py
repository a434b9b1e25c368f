"""Declaration files that a run leaves out although they declare one of its projects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dcsync.declare.files.documents import declarations_in, declaring
from dcsync.declare.files.finding import File, home_of, is_in_repository, read_all, walk
from dcsync.declare.meaning.targets import Targets
from dcsync.declare.problems import Problems
from dcsync.declare.references.notation import References
from dcsync.declare.references.resolving import Resolver
from dcsync.declare.strict_yaml.builder import ParsedYaml
from dcsync.model import Declarations, Diagnostic, Position, Severity


def find_left_out(
    paths: Sequence[Path],
    declarations: Declarations,
    *,
    environ: Mapping[str, str],
    root: Path | None = None,
) -> tuple[Diagnostic, ...]:
    """An error for each file below `root` that `paths` leave out and that declares a project of
    the run: its connectors would look as if nothing declared them.

    `root` is by default the Git repository around the first path; else the working folder, or
    that folder itself where it is elsewhere; beside a file outside of a repository only its own
    folder is looked at, not what is below.
    """
    first = paths[0] if paths else Path()
    below = bool(root) or first.is_dir() or is_in_repository(first.parent)
    root = root or (home_of(_folder_of(first)) if below else first.parent)
    root = Path() if root == Path.cwd() else root
    if any(path.is_dir() and path.samefile(root) for path in paths):
        return ()
    included = {os.path.realpath(file) for path in paths for file in _files_of(path)}
    unheard = Problems()
    files = declaring(read_all([root], unheard, skip=included, below=below), unheard)
    resolver = Resolver(environ, References.SKIP, unheard)
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
    """Files that cannot be read to their end may declare every project that they mention."""
    for file, text in files:
        if not text.whole:
            for project_id in ids:
                if project_id.encode() in file.data:
                    yield project_id, file.position()


def _message(project_id: str) -> str:
    return (
        f"this file declares project {project_id} as well, and -f leaves it out: "
        "name it too, or its folder, so that its connectors are not taken for undeclared"
    )
