"""Writes the file that announces a server's URL. Follows no link, replaces only files."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dcsync.errors import DcsyncError, RefusedError


def announce(path: Path, text: str) -> os.stat_result:
    """Write `text` to the file, readable by its owner only, atomically: scripts wait for it.

    An existing file is replaced; RefusedError for a link, a folder or a device.
    """
    try:
        _refuse_odd(path)
        return _put(path, text)
    except OSError as error:
        raise DcsyncError(f"{path}: cannot be written: {error.strerror}") from None


@contextmanager
def announced(path: Path, text: str) -> Iterator[None]:
    """Announce while the block runs, then remove the file, unless it was replaced meanwhile."""
    ours = announce(path, text)
    try:
        yield
    finally:
        with suppress(OSError):
            if _identity(path.lstat()) == _identity(ours):
                path.unlink()


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    """Inodes are reused at once; the time distinguishes a new file from the old one."""
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _refuse_odd(path: Path) -> None:
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "not a regular file"
            raise RefusedError(f"{path} is {kind}, and was not changed")


def _put(path: Path, text: str) -> os.stat_result:
    # A name that nobody can guess, made with O_EXCL and O_NOFOLLOW and mode 0600; renaming
    # replaces a link that has appeared meanwhile, and does not follow it.
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            written = os.fstat(handle)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return written
