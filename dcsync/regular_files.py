"""Reads files that others may have placed: regular ones, up to a size. Writes nothing.

The only way to read a file named by a user, a declaration or a variable: a pipe, a device or an
endless file cannot block a run. The opened file is checked, not the path, so that it cannot be
replaced in between.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)  # opening a pipe waits for its writer
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)

LARGE = 100_000_000
"""Limit for plans, reports and Terraform states: 100,000 connectors take less."""


def open_regular(path: Path) -> BinaryIO:
    """Open a file; OSError also for a folder, a pipe, a socket or a device."""
    descriptor = os.open(path, _FLAGS)
    try:
        _require_regular(os.fstat(descriptor).st_mode, path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise not_regular(path)


def read_start(path: Path, limit: int) -> bytes:
    """The file's bytes; of a larger one the first `limit` + 1. OSError."""
    with open_regular(path) as file:
        data = file.read(limit + 1)
        if data and not os.fstat(file.fileno()).st_size:
            raise not_regular(path)  # a kernel file such as /proc/self/environ
        return data


def read_whole(path: Path, limit: int) -> bytes:
    """The file's bytes; OSError also if there are more than `limit`."""
    data = read_start(path, limit)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"larger than {limit:,} bytes", str(path))
    return data


def read_text(path: Path, limit: int = LARGE) -> str:
    """The file as a string; OSError also if it is larger than `limit` or not UTF-8."""
    try:
        return read_whole(path, limit).decode("utf-8")
    except UnicodeDecodeError:
        raise OSError(errno.EILSEQ, "not UTF-8", str(path)) from None


def not_regular(path: Path) -> OSError:
    """The error for a path that is not a regular file."""
    return OSError(errno.EINVAL, "not a regular file", str(path))
