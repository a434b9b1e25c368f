"""`watch --resume FILE`: records what was shown, and the next start continues from there.

An event is recorded once it is printed and flushed, or delivered. However a run ends, no event is
lost, and only events in progress are repeated.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from dcsync.dataclass import dataclass, field
from dcsync.errors import OutputError, RefusedError
from dcsync.render.words import visible
from dcsync.session.files.journal import Journal
from dcsync.session.output.console import Console
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import Checkpoint, MatchedEvent
from dcsync.watch.keeping import Kept, ShownEvent, Start
from dcsync.watch.mark import json_of

FORMAT, VERSION = "dcsync watch --resume", 1
UNREADABLE = (IndexError, KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError)


@dataclass(slots=True)
class ProjectProgress:
    """One project: its selection, and how far it was watched."""

    selection: str
    since_s: float
    """Where it begins as long as there is no checkpoint."""
    kept: Kept | None = None
    taken: int = 0
    undone: dict[int, tuple[int, MatchedEvent]] = field(default_factory=dict)
    """The events that were taken and are not done with, and their numbers, by their identity."""
    waiting: deque[tuple[int, Checkpoint]] = field(default_factory=deque)
    """Checkpoints, with the number of the last event before each."""
    done: list[tuple[int, ShownEvent]] = field(default_factory=list)
    """What was done with while a checkpoint waits."""

    def is_behind(self, number: int) -> bool:
        """Whether something up to this number is not done."""
        return any(first <= number for first, _ in islice(self.undone.values(), 1))


class Resume:
    """Where a run continues from, and what it records. `done` is thread-safe."""

    def __init__(self, journal: Journal, api: str, now: Callable[[], float]) -> None:
        self._journal, self._now = journal, now
        self._lock = threading.Lock()
        self._failure: OutputError | None = None
        self._is_over = False
        self._api = api
        self._ledgers: dict[str, ProjectProgress] = {}
        if not journal.is_new:
            self._load()

    def starts(
        self, interests: Mapping[str, Sequence[Interest]], since_s: float | None
    ) -> dict[str, Start]:
        """Where each project starts; RefusedError if the file is for another run.

        Projects in the file that this run does not watch are kept.
        """
        selections = {project_id: selection_of(each) for project_id, each in interests.items()}
        starts = {key: self._start(key, each, since_s) for key, each in selections.items()}
        self._journal.rewrite(self._contents())
        return starts

    def _start(self, project_id: str, selection: str, since_s: float | None) -> Start:
        ledger = self._ledgers.get(project_id)
        if ledger is None:
            begun_s = self._now() if since_s is None else since_s
            self._ledgers[project_id] = ProjectProgress(selection, begun_s)
            return Start(since_s, keeps=True)
        if ledger.selection != selection:
            raise RefusedError(
                f"{self._journal.path}: was written for other connectors or filters of project "
                f"{project_id}: name another file, or delete this one to start now, or with --since"
            )
        if ledger.kept is None:
            return Start(ledger.since_s, keeps=True)
        return Start(kept=Kept.of(ledger.kept.state()), keeps=True)  # the follower's own

    def take(self, shown: Iterable[MatchedEvent]) -> None:
        """Register the next events, of each device in order; they will be done in that order.

        OutputError if something could not be recorded before.
        """
        if self._failure is not None:
            raise self._failure
        with self._lock:
            for each in shown:
                ledger = self._ledgers[each.project_id]
                ledger.taken += 1
                ledger.undone[id(each)] = ledger.taken, each

    def done(self, shown: MatchedEvent) -> None:
        """This was printed, or delivered to everyone. OutputError where it cannot be noted."""
        with self._lock:
            if self._is_over:
                return
            try:
                self._do(shown.project_id, self._ledgers[shown.project_id], shown)
            except OutputError as error:
                self._failure = error
                raise

    def reach(self, checkpoint: Checkpoint) -> None:
        """Everything before this checkpoint was taken."""
        with self._lock:
            ledger = self._ledgers[checkpoint.project_id]
            ledger.waiting.append((ledger.taken, checkpoint))
            self._pass(checkpoint.project_id, ledger)

    def end(self) -> None:
        """Rewrite the file, so that later truncation is detected."""
        with self._lock:
            self._journal.rewrite(self._contents())

    def close(self) -> None:
        """Stop recording."""
        with self._lock:
            self._is_over = True

    def _do(self, project_id: str, ledger: ProjectProgress, shown: MatchedEvent) -> None:
        number, _ = ledger.undone.pop(id(shown))
        entry = ShownEvent.of(shown.arrival, self._now())
        self._enter(project_id, ledger, entry)
        if ledger.waiting:
            ledger.done.append((number, entry))
        self._pass(project_id, ledger)

    def _pass(self, project_id: str, ledger: ProjectProgress) -> None:
        while ledger.waiting and not ledger.is_behind(ledger.waiting[0][0]):
            number, checkpoint = ledger.waiting.popleft()
            ledger.done = [pair for pair in ledger.done if pair[0] > number]
            self._check(project_id, ledger, checkpoint)
        if not ledger.waiting:
            ledger.done = []
        if self._journal.is_overgrown:
            self._journal.rewrite(self._contents())

    def _check(self, project_id: str, ledger: ProjectProgress, checkpoint: Checkpoint) -> None:
        if checkpoint.state is None:
            if ledger.kept is not None:
                ledger.kept.hear(checkpoint.heard_s, checkpoint.alive_s)
            heard = [checkpoint.heard_s, json_of(checkpoint.alive_s)]
            self._journal.append(["heard", project_id, *heard])
            return
        ledger.kept = Kept.of(checkpoint.state)
        self._journal.append(["whole", project_id, checkpoint.state])
        for _, entry in ledger.done:
            self._enter(project_id, ledger, entry)

    def _enter(self, project_id: str, ledger: ProjectProgress, entry: ShownEvent) -> None:
        if ledger.kept is not None:
            ledger.kept.show(entry)
        self._journal.append(["shown", project_id, *astuple(entry)])

    def _contents(self) -> Iterator[Any]:
        whole = {key: ledger.kept for key, ledger in self._ledgers.items() if ledger.kept}
        lines = len(self._ledgers) + len(whole)
        yield {"format": FORMAT, "version": VERSION, "api": self._api, "lines": lines}
        for project_id, ledger in self._ledgers.items():
            yield ["project", project_id, ledger.selection, ledger.since_s]
        for project_id, kept in whole.items():
            yield ["whole", project_id, kept.state()]

    def _load(self) -> None:
        """Read the file; RefusedError if it is damaged or of another kind."""
        lines = enumerate(self._journal.read())
        read = -1
        try:
            read, head = next(lines)
            self._require_ours(head)
            for line in lines:
                read, (kind, project_id, *values) = line
                self._repeat(kind, project_id, values)
            is_whole = read >= head["lines"]
        except (*UNREADABLE, StopIteration):
            raise self._journal.damaged(f"line {read + 1}") from None
        if not is_whole:
            raise self._journal.damaged(f"what comes after line {read + 1}")

    def _require_ours(self, head: Mapping[str, Any]) -> None:
        if head["format"] != FORMAT or head["version"] != VERSION:
            raise RefusedError(
                f"{self._journal.path}: was written by another version of dcsync: name another "
                "file, or delete this one to start now, or with --since"
            )
        if head["api"] != self._api:
            raise RefusedError(
                f"{self._journal.path}: was written for {head['api']}, and this run is for "
                f"{self._api}: name another file"
            )

    def _repeat(self, kind: str, project_id: str, values: Sequence[Any]) -> None:
        if kind == "project":
            self._ledgers[project_id] = ProjectProgress(*values)
            return
        ledger = self._ledgers[project_id]
        if kind == "whole":
            ledger.kept = Kept.of(values[0])
        elif ledger.kept is not None and kind == "heard":
            heard_s, alive_s = values
            ledger.kept.hear(heard_s, -math.inf if alive_s is None else alive_s)
        elif ledger.kept is not None:
            ledger.kept.show(ShownEvent(*values))


@contextmanager
def resuming(
    path: str | None, api: str, console: Console, now: Callable[[], float] = time.time
) -> Iterator[Resume | None]:
    """The file while a run uses it; None without a path."""
    if not path:
        yield None
        return
    with closing(Journal(Path(path))) as journal:
        resume = Resume(journal, api, now)
        if journal.is_cut_off:
            console.problem(
                visible(f"{path}: its last line is cut off: what it noted is shown again")
            )
        try:
            yield resume
            resume.end()
        finally:
            resume.close()


def selection_of(interests: Sequence[Interest]) -> str:
    """Equal for the same filters of the same connectors."""
    limits = sorted(
        [
            each.address,
            *(sorted(names) if names is not None else None for names in _limits(each)),
            [[key, sorted(map(_written, values))] for key, values in sorted(each.labels)],
        ]
        for each in interests
    )
    return hashlib.sha256(msgspec.json.encode(limits)).hexdigest()[:16]


def _limits(interest: Interest) -> tuple[frozenset[str] | None, ...]:
    return interest.event_types, interest.label_keys, interest.device_types, interest.device_ids


def _written(label: str | None) -> str:
    return "any" if label is None else f"={label}"
