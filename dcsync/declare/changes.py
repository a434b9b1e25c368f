"""Which projects' declarations, or files they refer to, differ from a Git revision."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dcsync.declare.git import Commit
from dcsync.model import Declarations

_FILE_REFERENCE = re.compile(rb"\$\{file:(.+?)(?::-[^}]*)?\}")
_REVISION_PLACE = re.compile(r"[0-9a-f]{8}:")


def changed_projects(revisions: Iterable[Declarations], since: Commit) -> tuple[str, ...]:
    """Ids of the projects that a changed file declares, now or in the commit, in order.

    A file decides for every project that it declares: what else a change in it means is not asked.
    """
    changed = since.changed_paths()
    return tuple(
        sorted(
            {
                project.project_id
                for declarations in revisions
                for project in declarations.projects
                if any(not changed.isdisjoint(_paths(name, since.root)) for name in project.files)
            }
        )
    )


def _paths(name: str, root: Path) -> Iterator[str]:
    """A declaring file and the files that it refers to, from the repository's root."""
    if _REVISION_PLACE.match(name):
        yield name.partition(":")[2]
        return
    path = Path(name)
    yield _from_root(path, root)
    for reference in _FILE_REFERENCE.findall(path.read_bytes()):
        yield _from_root(path.parent / os.fsdecode(reference), root)


def _from_root(path: Path, root: Path) -> str:
    return Path(os.path.relpath(os.path.realpath(path), os.path.realpath(root))).as_posix()
