"""Keeps the state in an SQLite file: the changes of each call atomically."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (kind, parent, key)
)
"""
_PUT = """
INSERT INTO things (kind, parent, key, value) VALUES (?, ?, ?, ?)
ON CONFLICT (kind, parent, key) DO UPDATE SET value = excluded.value
"""
_FORMAT = 1


class SqliteJournal:
    """A StateJournal in a file; one process at a time may open it."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._database = _connected(path)
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            message = f"{path} is not a state file of the emulator, or is in use: {reason}"
            raise ValueError(message) from None

    def write(self, table: str, parent: str, key: str, value: object | None) -> None:
        with self._lock:
            if value is None:
                self._database.execute(
                    "DELETE FROM things WHERE kind = ? AND parent = ? AND key = ?",
                    (table, parent, key),
                )
            else:
                self._database.execute(_PUT, (table, parent, key, json.dumps(value)))

    def commit(self) -> None:
        with self._lock:
            self._database.commit()

    def read(self, table: str) -> Iterator[tuple[str, str, Any]]:
        rows = self._database.execute(
            "SELECT parent, key, value FROM things WHERE kind = ? ORDER BY number", (table,)
        )
        for parent, key, value in rows:
            yield parent, key, json.loads(value)

    def close(self) -> None:
        with self._lock:
            self._database.close()


def _connected(path: Path) -> sqlite3.Connection:
    _make_private(path)
    database = sqlite3.connect(path, check_same_thread=False, timeout=0)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        if database.execute("PRAGMA user_version").fetchone()[0] not in {0, _FORMAT}:
            raise sqlite3.DatabaseError("it was written by another version")
        database.execute(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_FORMAT}")
        database.commit()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _make_private(path: Path) -> None:
    """Create the file if necessary, readable by its owner only, because it holds secrets.

    OSError if it, or a file that SQLite keeps beside it, is a link or not a regular file.
    """
    for suffix in ("-wal", "-shm", "-journal"):
        beside = path.with_name(path.name + suffix)
        if os.path.lexists(beside) and not stat.S_ISREG(beside.lstat().st_mode):
            raise OSError(f"{beside} is not a regular file")
    # Not blocking: opening a FIFO would wait for a writer.
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    handle = os.open(path, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path} is not a regular file")
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
