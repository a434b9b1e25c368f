"""Loads the declarations of an earlier Git revision. Reads no file of the work tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from dcsync.declare.files.finding import SUFFIXES
from dcsync.declare.git.objects import Commit
from dcsync.declare.loading import load_contents
from dcsync.declare.meaning.discovery import Discover
from dcsync.declare.references.notation import References
from dcsync.model import Declarations, DeclaredProject, Diagnostic, Severity


def load_revision(
    paths: Sequence[Path],
    commit: Commit,
    discover: Discover | None = None,
    environ: Mapping[str, str] | None = None,
) -> Declarations:
    """Everything that the commit's files below `paths` declare, at positions `COMMIT:PATH`.

    A path that the commit does not have declares nothing. A project whose id is a reference is
    omitted with a warning. With an `environ`, references to variables are resolved. Raises
    DeclarationError.
    """
    contents = dict(_contents(paths, commit))
    references = References.NOTHING if environ is None else References.VARIABLES
    found = load_contents(contents, environ=environ or {}, references=references, discover=discover)
    known = tuple(each for each in found.projects if not _is_reference(each.project_id))
    unknown = (_unknown(each) for each in found.projects if _is_reference(each.project_id))
    return Declarations(known, tuple(unknown))


def _is_reference(project_id: str) -> bool:
    return "${" in project_id


def _unknown(project: DeclaredProject) -> Diagnostic:
    message = (
        "the project of this declaration is unknown, because variables are not resolved for an "
        "earlier revision: nothing is deleted for it"
    )
    return Diagnostic(Severity.WARNING, message, project.position)


def _contents(paths: Sequence[Path], commit: Commit) -> Iterator[tuple[Path, bytes]]:
    folders = [_from_root(path, commit.root) for path in paths]
    for name, data in commit.files(SUFFIXES):
        path = PurePosixPath(name)
        if any(_holds(folder, path) for folder in folders):
            yield Path(f"{commit.commit_id[:8]}:{name}"), data


def _from_root(path: Path, root: Path) -> PurePosixPath:
    return PurePosixPath(os.path.relpath(os.path.realpath(path), os.path.realpath(root)))


def _holds(folder: PurePosixPath, path: PurePosixPath) -> bool:
    """Whether `-f FOLDER` includes the file: the file itself, or one below in no hidden folder."""
    if folder == path:
        return True
    if not path.is_relative_to(folder):
        return False
    return not any(part.startswith(".") for part in path.relative_to(folder).parts[:-1])
