"""A small private file of lines that grows with a run, and is written anew from time to time.

Each line bears a checksum over itself and all before it, so that what was damaged or left out is
noticed. One process at a time has it.
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
from dcsync.session import whole_files
from dcsync.session.new_files import PRIVATE

_OPENING = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DRAFTING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
LEAST_GROWTH = 1_000_000
"""So many bytes may be added, or as many as it had, before it is written anew."""

encoded = msgspec.json.encode


class Journal:
    """One file while a run has it."""

    def __init__(self, path: Path, use: str = "resume from", told: str = "shown") -> None:
        """RefusedError where it is no regular file, or another process has it.

        `use` and `told` are for messages: what the file is for, and what it remembers.
        """
        self.path, self._told = path, told
        self._checksum = self._size = self._grown = 0
        self._descriptor = _opened(path, use)
        self.is_new = self._descriptor is None
        self.is_cut_off = False
        """Whether its last line has no end: whoever wrote it was killed, or the disk was full."""

    def close(self) -> None:
        """Let another run have it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def read(self) -> Iterator[Any]:
        """Each line's content; RefusedError at the first that is damaged.

        A last line without its end is left out.
        """
        checksum = 0
        for number, line in enumerate(self._lines(), 1):
            given, _, text = line.partition(b" ")
            checksum = zlib.crc32(text, checksum)
            if given != _shown(checksum):
                raise self.damaged(f"line {number}")
            yield msgspec.json.decode(text)

    def damaged(self, where: str) -> RefusedError:
        """What is raised for content that cannot be."""
        since = ", or with --since" if self._told == "shown" else ""
        return RefusedError(
            f"{self.path}: {where} is damaged, so that nobody can tell what was {self._told}: "
            f"restore the file, or delete it to begin now{since}"
        )

    @property
    def is_overgrown(self) -> bool:
        """Whether it is time to write it anew."""
        return self._grown > max(LEAST_GROWTH, self._size)

    def append(self, content: Any) -> None:
        """Add a line. OutputError where it cannot be written whole."""
        data = self._framed(content)
        self._grown += len(data)
        assert self._descriptor is not None  # noqa: S101 - written before it grows
        try:
            _write(self._descriptor, data)
        except OSError as error:
            raise self._unwritable(error) from None

    def rewrite(self, contents: Iterable[Any]) -> None:
        """Write all anew, whole or not at all, whatever is there by now."""
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
        """The new file, open and ours before it has its name."""
        prefix = f".dcsync-{zlib.crc32(os.fsencode(self.path.name)):x}-"
        if self._descriptor is not None:  # nobody else is at it: what is there was left by a kill
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
    """The file that is there, ours alone; None where there is none."""
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
    """Whether nobody else has this file, nor has put another one in its place."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except (BlockingIOError, FileNotFoundError):
        return False
