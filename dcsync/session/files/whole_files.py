"""Writes files atomically: first to a draft beside them, then renamed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from dcsync.dataclass import dataclass
from dcsync.errors import OutputError, RefusedError
from dcsync.session.signals.termination import uninterrupted

_APPENDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK
_SPECIAL = ("/dev/", "/proc/")
"""Where a name stands for something that is open already, such as a terminal or a pipe."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to create; `mode` applies from its first byte on."""

    path: Path
    text: str
    mode: int


def write_new(files: Sequence[NewFile]) -> None:
    """Create all of them or none. RefusedError if one exists, OutputError if writing fails."""
    with uninterrupted():
        drafts: list[Path] = []
        folders: list[Path] = []
        placed: list[Path] = []
        try:
            for file in files:
                folders += _make_folders(file.path.parent)
                drafts.append(_draft_beside(file.path))
                _write(drafts[-1], file.text.encode(errors="backslashreplace"), file.mode)
            for draft, file in zip(drafts, files, strict=True):
                place(draft, file.path)
                placed.append(file.path)
        except OSError as error:
            _remove(placed)
            _remove(drafts)
            _remove_folders(folders)
            raise _explained(error, file.path) from None
        _remove(drafts)


def replace(path: Path, text: str) -> None:
    """Replace the file atomically; keeps its permissions. OutputError."""
    data = text.encode(errors="backslashreplace")
    try:
        if _is_special(path):
            with path.open("wb") as stream:
                stream.write(data)
            return
        with uninterrupted():
            _replace(Path(os.path.realpath(path)), data)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


def append(path: Path, text: str) -> None:
    """Append all of it or nothing, without waiting for a reader of a pipe. OSError."""
    descriptor = os.open(path, _APPENDING, 0o666)
    try:
        before = os.fstat(descriptor)
        try:
            _write_all(descriptor, text.encode(errors="backslashreplace"))
        except OSError:
            if stat.S_ISREG(before.st_mode):
                os.ftruncate(descriptor, before.st_size)
            raise
    finally:
        os.close(descriptor)


def _replace(real: Path, data: bytes) -> None:
    draft = _draft_beside(real)
    try:
        _write(draft, data, 0o666)
        if real.exists():
            draft.chmod(stat.S_IMODE(real.stat().st_mode))
        draft.replace(real)
    finally:
        draft.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    return str(path).startswith(_SPECIAL) or (path.exists() and not path.is_file())


def _draft_beside(path: Path) -> Path:
    """A name that no declaration has, and within the length limit of names."""
    return path.with_name(f".dcsync-{os.getpid()}-{abs(hash(path.name)):x}.part")


def _write(path: Path, data: bytes, mode: int) -> None:
    """Flushed to disk: some file systems report only then that they are full."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        _write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def place(draft: Path, path: Path) -> None:
    """Rename the draft; FileExistsError if the name exists."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError from None
        draft.rename(path)


def _make_folders(folder: Path) -> list[Path]:
    """Create missing folders; returns them, outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    made = []
    for each in missing:
        each.mkdir(exist_ok=True)
        made.append(each)
    return made


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _remove_folders(folders: Sequence[Path]) -> None:
    for folder in reversed(folders):
        with suppress(OSError):
            folder.rmdir()


def _explained(error: OSError, path: Path) -> OutputError | RefusedError:
    if isinstance(error, FileExistsError):
        return RefusedError(f"{path} already exists and was not changed")
    return OutputError(f"{path}: cannot be written: {error.strerror}; nothing was written")
