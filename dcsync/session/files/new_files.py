"""Checks new files: never an existing one, and no secrets in files that Git would track."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dcsync import declare
from dcsync.errors import RefusedError

SCHEMA_FILE = Path("schemas", "declaration.schema.json")
PRIVATE, PUBLIC = 0o600, 0o666


def refuse_existing(paths: Iterable[Path]) -> None:
    """RefusedError that names all existing files; a broken link counts, too."""
    there = [str(path) for path in paths if os.path.lexists(path)]
    if there:
        raise RefusedError(f"nothing was written; these files exist: {', '.join(there)}")


def refuse_tracked(path: Path) -> None:
    """RefusedError if Git would track the file: inside a work tree, and not ignored."""
    real = Path(os.path.realpath(path.parent), path.name)
    root = declare.find_root(real.parent)
    if root and not declare.find_ignored([real.relative_to(root).as_posix()], root):
        raise RefusedError(
            f"nothing was written: Git would track {path}; add it to .gitignore, or put the secrets"
            f" outside of {root}"
        )


def schema_beside(folder: Path) -> str:
    """The path from a file in `folder` to the schema that `init` wrote; "" without one."""
    real = Path(os.path.realpath(folder))
    for each in (real, *real.parents):
        if (each / SCHEMA_FILE).is_file():
            return Path(os.path.relpath(each / SCHEMA_FILE, real)).as_posix()
        if (each / ".git").exists():
            break
    return ""
