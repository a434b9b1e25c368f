"""A private append-only file of lines, which is compacted from time to time.

Each line has a checksum over itself and all lines before it, so that damage and missing lines are
detected. Only one process may use it at a time.
"""

from __future__ import annotations

import fcntl
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from dcsync import regular_files
from dcsync.errors import OutputError, RefusedError
from dcsync.session.files import whole_files
from dcsync.session.files.new_files import PRIVATE

_OPENING = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DRAFTING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
LEAST_GROWTH = 1_000_000
"""So many bytes may be added, or as many as it had, before it is written anew."""

encoded = msgspec.json.encode


class Journal:
    """A file while a run uses it."""

    def __init__(self, path: Path, use: str = "resume from", remembers: str = "shown") -> None:
        """RefusedError if it is not a regular file, or another process uses it.

        `use` and `remembers` are for messages: what the file is for, and what it stores.
        """
        self.path, self._remembers = path, remembers
        self._checksum = self._size = self._grown = 0
        self._descriptor = _opened(path, use)
        self.is_new = self._descriptor is None
        self.is_cut_off = False
        """Whether its last line has no end: whoever wrote it was killed, or the disk was full."""

    def close(self) -> None:
        """Release it for other runs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def read(self) -> Iterator[Any]:
        """Each line's content; RefusedError at the first damaged one.

        An incomplete last line is ignored.
        """
        checksum = 0
        for number, line in enumerate(self._lines(), 1):
            given, _, text = line.partition(b" ")
            checksum = zlib.crc32(text, checksum)
            if given != _shown(checksum):
                raise self.damaged(f"line {number}")
            yield msgspec.json.decode(text)

    def damaged(self, where: str) -> RefusedError:
        """The error for invalid content."""
        since = ", or with --since" if self._remembers == "shown" else ""
        return RefusedError(
            f"{self.path}: {where} is damaged, so it is unknown what was {self._remembers}: "
            f"restore the file, or delete it to start now{since}"
        )

    @property
    def is_overgrown(self) -> bool:
        """Whether it should be compacted."""
        return self._grown > max(LEAST_GROWTH, self._size)

    def append(self, content: Any) -> None:
        """Add a line. OutputError if it cannot be written completely."""
        data = self._framed(content)
        self._grown += len(data)
        assert self._descriptor is not None  # noqa: S101 - written before it grows
        try:
            _write(self._descriptor, data)
        except OSError as error:
            raise self._unwritable(error) from None

    def rewrite(self, contents: Iterable[Any]) -> None:
        """Replace the content atomically."""
        before, self._checksum = self._checksum, 0
        data = b"".join(map(self._framed, contents))
        try:
            fresh = self._placed(data)
        except FileExistsError:  # since this run looked: both have begun together
            raise RefusedError(f"{self.path}: another run is using it") from None
        except OSError as error:
            self._checksum = before
            raise self._unwritable(error) from None
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor, self._size, self._grown = fresh, len(data), 0

    def _placed(self, data: bytes) -> int:
        """The new file, open and locked before it gets its name."""
        prefix = f".dcsync-{zlib.crc32(os.fsencode(self.path.name)):x}-"
        if self._descriptor is not None:  # locked, so the drafts were left by killed runs
            for left in self.path.parent.glob(f"{prefix}*.part"):
                left.unlink(missing_ok=True)
        draft = self.path.with_name(f"{prefix}{os.getpid()}.part")
        descriptor = os.open(draft, _DRAFTING, PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            _write(descriptor, data)
            os.fsync(descriptor)
            if self._descriptor is None:
                whole_files.place(draft, self.path)
            else:
                draft.replace(self.path)
        except BaseException:
            os.close(descriptor)
            raise
        finally:
            draft.unlink(missing_ok=True)
        return descriptor

    def _lines(self) -> Iterator[bytes]:
        try:
            data = regular_files.read_whole(self.path, regular_files.LARGE)
        except OSError as error:
            raise RefusedError(f"{self.path}: cannot be read: {error.strerror}") from None
        if not data:
            raise self.damaged("it is empty: it")
        *lines, rest = data.split(b"\n")
        self.is_cut_off = bool(rest)
        return iter(lines)

    def _framed(self, content: Any) -> bytes:
        text = encoded(content)
        self._checksum = zlib.crc32(text, self._checksum)
        return b"%s %s\n" % (_shown(self._checksum), text)

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"{self.path}: cannot be written: {error.strerror}")


def _shown(checksum: int) -> bytes:
    return b"%08x" % checksum


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _opened(path: Path, use: str) -> int | None:
    """The existing file, locked; None if there is none."""
    try:
        descriptor = os.open(path, _OPENING)
    except FileNotFoundError:
        return None
    except OSError as error:
        why = "a link" if path.is_symlink() else error.strerror
        raise RefusedError(f"{path}: cannot be used to {use}: {why}") from None
    try:
        _require_ours(descriptor, path, use)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_ours(descriptor: int, path: Path, use: str) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise RefusedError(f"{path}: cannot be used to {use}: not a regular file")
    if not _is_alone(descriptor, path):
        raise RefusedError(f"{path}: another run is using it")


def _is_alone(descriptor: int, path: Path) -> bool:
    """Whether no other process uses this file or has replaced it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False
