"""Records what was delivered, device by device, in a small file, so that a restart can continue.

A line is appended after each delivery with one write: if the process is killed, only deliveries in
flight are repeated. The file is compacted atomically at the start and as it grows.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from dcsync.dataclass import dataclass, field
from dcsync.errors import OutputError, RefusedError
from dcsync.regular_files import read_text

FORMAT = 1
MOST_ADDED = 2_000
"""Lines that are added before the file is written anew."""
Version = tuple[int, int, int, int]
"""Which file this is, and which state of it."""
Key = tuple[str, str]
"""A connector's address and a device's id."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time range of a backfill: as requested, and in Unix seconds."""

    since: str
    until: str
    since_s: float
    until_s: float


@dataclass(slots=True)
class DevicePosition:
    """How far a device is: everything before `at_s`, and at `at_s` these."""

    at_s: float
    event_ids: set[str] = field(default_factory=set)
    is_done: bool = False

    def covers(self, at_s: float, event_id: str) -> bool:
        return at_s < self.at_s or (at_s == self.at_s and event_id in self.event_ids)

    def advance(self, at_s: float, event_id: str) -> None:
        if at_s > self.at_s:
            self.at_s = at_s
            self.event_ids.clear()
        self.event_ids.add(event_id)


class Ledger:
    """The progress of each device. Thread-safe; without a path, in memory only."""

    def __init__(self, span: Span, path: Path | None = None) -> None:
        self.span = span
        self._path = path
        self._positions: dict[Key, DevicePosition] = {}
        self._lock = threading.Lock()
        self._targets: dict[str, str] = {}
        self._descriptor = -1
        self._added = 0
        self._is_resumed = False
        self._read: Version | None = None

    @classmethod
    def of(cls, path: Path, span: Span, targets: dict[str, str]) -> Self:
        """Continue with the file, or start one; the span in the file wins.

        `targets` are the endpoints by address, as they may be shown. RefusedError for the file of
        another backfill, or another kind of file. Writes nothing yet.
        """
        ledger = cls(span, path)
        ledger._take_over(path, targets)
        ledger._is_resumed = bool(ledger._positions)
        return ledger

    def begin(self) -> None:
        """Start recording. OutputError; RefusedError if another process writes the file, or has
        since it was read."""
        if self._path is None:
            return
        claimed = self._claimed(Path(os.path.realpath(self._path)))
        try:
            self._write_anew(is_new=claimed is None)
        finally:
            if claimed is not None:
                os.close(claimed)

    @property
    def is_resumed(self) -> bool:
        """Whether something was delivered by an earlier run."""
        return self._is_resumed

    def position(self, key: Key) -> DevicePosition:
        """The progress of this device; initially the start of the span."""
        with self._lock:
            return self._positions.setdefault(key, DevicePosition(self.span.since_s))

    def note(self, key: Key, at_s: float, event_id: str) -> None:
        """Record that this was delivered, and everything of the device before it."""
        if self._descriptor < 0:
            return
        with self._lock:
            self._positions[key].advance(at_s, event_id)
            self._add([*key, at_s, [event_id]])

    def finish(self, key: Key) -> None:
        """Record that everything of this device was delivered."""
        with self._lock:
            position = self._positions[key]
            position.is_done = True
            position.event_ids.clear()
            self._add([*key, None, []])

    def close(self) -> None:
        """Compact the file and flush it to disk. OutputError leaves it as it is, and closed."""
        with self._lock:
            if self._descriptor < 0:
                return
            try:
                self._write_anew()
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

    def _add(self, entry: list[Any]) -> None:
        if self._descriptor < 0:
            return
        if self._added >= MOST_ADDED + len(self._positions):
            self._write_anew()
            return
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        try:
            _write(self._descriptor, line)
        except OSError as error:
            raise self._unwritable(error) from None
        self._added += 1

    def _take_over(self, path: Path, targets: dict[str, str]) -> None:
        self._targets = targets
        try:
            self._read = _version(path.stat())
            text = read_text(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise RefusedError(f"{path}: cannot be read: {error.strerror}") from None
        if not text:
            return
        head, *lines = text.split("\n")
        try:
            self._take_over_head(json.loads(head), path)
            for line in lines[:-1]:  # what follows the last line break was not written whole
                self._take_over_entry(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise RefusedError(f"{path}: not a resume file of a backfill; name another") from None

    def _take_over_head(self, head: dict[str, Any], path: Path) -> None:
        if head["dcsync_backfill"] != FORMAT:
            raise ValueError
        span = Span(**head["span"])
        if (span.since, span.until) != (self.span.since, self.span.until):
            until = f" --until {span.until}" if span.until else ""
            raise RefusedError(
                f"{path}: is of a backfill with --since {span.since}{until}: repeat it with the "
                "same times, or name another file"
            )
        for address, url in self._targets.items():
            if head["targets"].get(address, url) != url:
                raise RefusedError(
                    f"{path}: {address} was delivered to {head['targets'][address]}: name another "
                    "file for another endpoint"
                )
        self.span = span
        self._targets = {**head["targets"], **self._targets}

    def _take_over_entry(self, entry: list[Any]) -> None:
        address, device_id, at_s, event_ids = entry
        position = self._positions.setdefault(
            (address, device_id), DevicePosition(self.span.since_s)
        )
        if at_s is None:
            position.is_done = True
            position.event_ids.clear()
        for event_id in event_ids:
            position.advance(float(at_s), str(event_id))

    def _write_anew(self, *, is_new: bool = False) -> None:
        if self._path is None:
            return
        path = Path(os.path.realpath(self._path))
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for line in self._lines():
                    _write(descriptor, line)
                os.fsync(descriptor)
                _place(draft, path, is_new=is_new)
            except BaseException:
                os.close(descriptor)
                raise
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._added = descriptor, 0

    def _claimed(self, path: Path) -> int | None:
        """The file as it was read, ours alone; None where there was none, and is none."""
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            if self._read is not None:
                raise _overtaken(path) from None
            return None
        except OSError as error:
            raise self._unwritable(error) from None
        try:
            self._claim(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _claim(self, descriptor: int, path: Path) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError(f"{path}: another backfill is writing it") from None
        if not self._read == _version(os.fstat(descriptor)) == _version(path.stat()):
            raise _overtaken(path)

    def _lines(self) -> Iterator[str]:
        head = {"dcsync_backfill": FORMAT, "span": asdict(self.span), "targets": self._targets}
        yield json.dumps(head) + "\n"
        for key, position in self._positions.items():
            at_s = None if position.is_done else position.at_s
            entry = [*key, at_s, sorted(position.event_ids)]
            if position.is_done or position.event_ids:
                yield json.dumps(entry, separators=(",", ":")) + "\n"

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path}: cannot be written: {error.strerror}")


def _write(descriptor: int, line: str) -> None:
    """Write a line atomically: anything after half a line would be lost."""
    data = line.encode()
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _version(found: os.stat_result) -> Version:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _overtaken(path: Path) -> RefusedError:
    return RefusedError(f"{path}: another backfill has written it meanwhile: start again")


def _place(draft: Path, path: Path, *, is_new: bool) -> None:
    """Give the draft its name; a new file never takes the place of another process's."""
    if not is_new:
        draft.replace(path)
        return
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise _overtaken(path) from None
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise _overtaken(path) from None
        draft.rename(path)
