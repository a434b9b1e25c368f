"""What new files may be: none that is there already, no secrets where Git would track them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dcsync import declare
from dcsync.errors import RefusedError

SCHEMA_FILE = Path("schemas", "declaration.schema.json")
PRIVATE, PUBLIC = 0o600, 0o666


def refuse_existing(paths: Iterable[Path]) -> None:
    """RefusedError that names every file that is there already; a link to nowhere is one, too."""
    there = [str(path) for path in paths if os.path.lexists(path)]
    if there:
        raise RefusedError(f"nothing is written: there already: {', '.join(there)}")


def refuse_tracked(path: Path) -> None:
    """RefusedError where Git would track the file: inside a work tree, and not ignored."""
    real = Path(os.path.realpath(path.parent), path.name)
    root = declare.find_root(real.parent)
    if root and not declare.find_ignored([real.relative_to(root).as_posix()], root):
        raise RefusedError(
            f"nothing is written: Git would track {path}; add it to .gitignore, or put the secrets "
            f"outside of {root}"
        )


def schema_beside(folder: Path) -> str:
    """The way from a file in `folder` to the schema that `init` put down; "" without one."""
    real = Path(os.path.realpath(folder))
    for each in (real, *real.parents):
        if (each / SCHEMA_FILE).is_file():
            return Path(os.path.relpath(each / SCHEMA_FILE, real)).as_posix()
        if (each / ".git").exists():
            break
    return ""
