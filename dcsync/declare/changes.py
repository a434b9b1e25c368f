"""Finds the projects whose declarations, or files they refer to, differ from a Git revision."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcsync.declare.files.finding import MAX_BYTES
from dcsync.declare.git.objects import Commit
from dcsync.model import Declarations
from dcsync.regular_files import read_start

_FILE_REFERENCE = re.compile(rb"\$\{file:(.+?)\}")
_REVISION_PATH = re.compile(r"[0-9a-f]{8}:")


def changed_projects(revisions: Iterable[Declarations], since: Commit) -> tuple[str, ...]:
    """The sorted ids of the projects that a changed file declares, now or in the commit.

    Every project that a changed file declares counts as changed, whatever the change is.
    """
    declaring = [
        (project.project_id, frozenset(_paths(name, since.root)))
        for declarations in revisions
        for project in declarations.projects
        for name in project.files
    ]
    changed = since.changed_paths({path for _, paths in declaring for path in paths})
    found = {project_id for project_id, paths in declaring if not changed.isdisjoint(paths)}
    return tuple(sorted(found))


def _paths(name: str, root: Path) -> Iterator[str]:
    """A declaration file and the files it refers to, relative to the repository's root."""
    if _REVISION_PATH.match(name):
        yield name.partition(":")[2]
        return
    path = Path(name)
    yield from _from_root(path, root)
    for reference in _FILE_REFERENCE.findall(_content(path)):
        yield from _from_root(path.parent / os.fsdecode(reference), root)


def _content(path: Path) -> bytes:
    """The content of a declaration file; empty if it was removed since it was loaded."""
    try:
        return read_start(path, MAX_BYTES)
    except OSError:
        return b""


def _from_root(path: Path, root: Path) -> Iterator[str]:
    """The file and every symbolic link in its path: a changed link is a change, too."""
    links = [each for each in (path, *path.parents) if each.is_symlink()]
    places = [Path(os.path.realpath(each.parent), each.name) for each in links]
    for place in (Path(os.path.realpath(path)), *places):
        yield Path(os.path.relpath(place, root)).as_posix()
