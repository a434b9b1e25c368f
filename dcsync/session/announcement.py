"""Writes the file that says where something runs. Follows no link, spares what is no file."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dcsync.errors import DcsyncError, RefusedError


def announce(path: Path, text: str) -> os.stat_result:
    """Put `text` into the file, for its owner alone: whole or not there, scripts wait for it.

    A former file gives way; RefusedError where there is a link, a folder or a device.
    """
    try:
        _refuse_odd(path)
        return _put(path, text)
    except OSError as error:
        raise DcsyncError(f"{path}: cannot be written: {error.strerror}") from None


@contextmanager
def announced(path: Path, text: str) -> Iterator[None]:
    """The same while the block runs. Whatever has taken the file's place by then stays."""
    ours = announce(path, text)
    try:
        yield
    finally:
        with suppress(OSError):
            if _identity(path.lstat()) == _identity(ours):
                path.unlink()


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    """Inodes are used again at once; the time tells a new file from the former."""
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _refuse_odd(path: Path) -> None:
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a link" if stat.S_ISLNK(mode) else "no regular file"
            raise RefusedError(f"{path} is {kind}, and is left as it is")


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
