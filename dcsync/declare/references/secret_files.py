"""Reads the files that `${file:…}` names: small, regular, and not outside by accident."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NamedTuple

from dcsync.regular_files import not_regular, open_regular

MAX_BYTES = 65_536
"""Maximum size; a secret has to fit into a request header."""


_OF_ANOTHER_KIND = (errno.EINVAL, errno.EISDIR, errno.ENXIO)
_OF_GIT = (".git-credentials", "git-credentials", ".netrc", "_netrc")


class Content(NamedTuple):
    """A file's content, or why there is none; `missing` if it may exist on another machine."""

    text: str | None
    problem: str = ""
    missing: bool = False

    def __repr__(self) -> str:
        return f"Content({self.problem or 'read'})"


def read(name: str, folder: Path, root: Path, credentials: Path | None = None) -> Content:
    """The content of `name`, relative to `folder`, without one trailing newline.

    A relative path must stay inside `root` after resolving links: a path outside must be absolute,
    so that reviewers see it. `credentials` is the file with dcsync's own credentials; declarations
    may not read it, Git's files, or the kernel's.
    """
    try:
        real = (folder / name).resolve()
        if not Path(name).is_absolute() and not real.is_relative_to(root.resolve()):
            return Content(None, "is outside the repository: use an absolute path")
        if _is_of_git(real):
            return Content(None, "is not allowed: no declaration may read Git's own files")
        if _is_of_kernel(real):
            raise not_regular(real)
        return _read(real, credentials)
    except FileNotFoundError:
        return Content(None, "no such file", missing=True)
    except (OSError, ValueError, RuntimeError) as error:  # a cycle of links is a RuntimeError
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        missing = isinstance(error, OSError) and error.errno not in _OF_ANOTHER_KIND
        return Content(None, f"cannot be read: {reason}", missing=missing)


def _read(path: Path, credentials: Path | None) -> Content:
    with open_regular(path) as file:
        opened = os.fstat(file.fileno())
        if credentials and _is_same(opened, credentials):
            return Content(None, "is not allowed: no declaration may read dcsync's own credentials")
        if opened.st_size > MAX_BYTES:
            return Content(None, f"is larger than {MAX_BYTES:,} bytes: too large for a secret")
        return _text(file.read(opened.st_size))


def _is_same(opened: os.stat_result, credentials: Path) -> bool:
    try:
        return os.path.samestat(opened, credentials.stat())
    except OSError:
        return False


def _is_of_git(path: Path) -> bool:
    """A repository's configuration and credential helpers' files hold tokens."""
    parts = [part.casefold() for part in path.parts]
    return any(part.endswith(".git") for part in parts) or parts[-1].startswith(_OF_GIT)


def _is_of_kernel(path: Path) -> bool:
    return any(path.is_relative_to(each) for each in ("/proc", "/sys", "/dev"))


def _text(data: bytes) -> Content:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Content(None, "is not UTF-8")
    text = text.removesuffix("\r\n" if text.endswith("\r\n") else "\n")
    return Content(text) if text else Content(None, "is empty", missing=True)
