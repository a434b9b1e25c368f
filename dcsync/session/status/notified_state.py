"""The state file of `status --notify`: what was sent about each connector, and its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import msgspec

from dcsync.errors import RefusedError
from dcsync.session.events.resuming import UNREADABLE
from dcsync.session.files.journal import Journal
from dcsync.watch.changes import Record

FORMAT, VERSION = "dcsync status --notify", 1


class NotifiedState:
    """The content of the file; RefusedError if it is damaged or of another kind."""

    def __init__(self, journal: Journal, api: str) -> None:
        self._journal, self._api = journal, api
        self.records: dict[str, Record] = {}
        self.interrupted = 0
        """The number of changes that an earlier run was sending when it ended."""
        if not journal.is_new:
            self._load()

    def write(self, records: Mapping[str, Record], sending: int = 0) -> None:
        """Rewrite the file. OutputError."""
        self._journal.rewrite(self._contents(records, sending))

    def _contents(self, records: Mapping[str, Record], sending: int) -> Iterator[Any]:
        yield {
            "format": FORMAT,
            "version": VERSION,
            "api": self._api,
            "telling": sending,
            "records": len(records),
        }
        for address, record in records.items():
            yield [address, asdict(record)]

    def _load(self) -> None:
        lines = self._journal.read()
        try:
            self._require_ours(head := next(lines))
            for address, values in lines:
                self.records[address] = msgspec.convert(values, Record)
            self.interrupted = int(head["telling"])
            is_whole = len(self.records) == head["records"]
        except (*UNREADABLE, StopIteration):
            is_whole = False
        if not is_whole:
            raise self._journal.damaged(f"what comes after line {len(self.records) + 1}")

    def _require_ours(self, head: Mapping[str, Any]) -> None:
        path = self._journal.path
        if head["format"] != FORMAT or head["version"] != VERSION:
            raise RefusedError(f"{path}: is not a state file of this version: name another file")
        if head["api"] != self._api:
            raise RefusedError(
                f"{path}: was written for {head['api']}, and this run is for {self._api}: "
                "name another file"
            )
