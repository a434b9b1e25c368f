"""`dcsync watch`: the events of the declared connectors' devices, until told to stop."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from functools import cache

from dcsync.cloud import Reader
from dcsync.cloud.clock import Clock
from dcsync.commands.connection import connect
from dcsync.commands.console import Console
from dcsync.commands.declarations import narrow
from dcsync.commands.discovery import load_unresolved
from dcsync.commands.result import Result
from dcsync.commands.termination import terminable
from dcsync.commands.wishes import interests_of, since_of
from dcsync.render import watching as texts
from dcsync.render.events import EventLines, json_line
from dcsync.watch import Interest, Joined, Shown, Tally, Watched, watching


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, narrow, follow every project, print each event as it comes, sum up."""
    begun_s = time.monotonic()
    reader = cache(lambda: Reader(connect(arguments, console)))
    declarations = load_unresolved(arguments, console, reader)
    interests = interests_of(arguments, declarations, narrow(arguments, declarations))
    since_s = since_of(arguments.since, time.time())
    keys = {project.project_id: project.key for project in declarations.projects}
    end_s = None if arguments.duration is None else begun_s + arguments.duration
    tally = Tally()
    try:
        with terminable(), watching(reader(), interests, Clock(), since_s) as watched:
            _Screen(arguments, console, interests, keys).show(watched, end_s, tally)
    except KeyboardInterrupt:
        pass  # the normal end of a watch
    console.note(texts.summary(tally, keys, time.monotonic() - begun_s))
    too_few = arguments.count is not None and tally.events < arguments.count
    return Result(failed=bool(tally.failures), missed=too_few and end_s is not None)


class _Screen:
    """Prints events on standard output, and all else beside it."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        console: Console,
        interests: Mapping[str, tuple[Interest, ...]],
        keys: Mapping[str, str],
    ) -> None:
        self._arguments, self._console, self._keys = arguments, console, keys
        self._interests = interests
        self._label_keys = {
            project_id: frozenset[str]().union(*(each.shown_keys for each in of_project))
            for project_id, of_project in interests.items()
        }
        self._lines = EventLines(console.style)
        self._unseen = set(interests)

    def show(self, watched: Watched, end_s: float | None, tally: Tally) -> None:
        """Until the end, the count, or a signal."""
        for happening in watched.until(end_s):
            tally.add(happening)
            if isinstance(happening, Shown):
                self._console.result(self._line(happening))
                if tally.events == self._arguments.count:
                    return
            elif isinstance(happening, Joined) and happening.project_id in self._unseen:
                self._join(happening)
            else:
                self._console.note(texts.news_text(happening, self._keys))

    def _line(self, shown: Shown) -> str:
        if self._arguments.format == "json":
            return json_line(shown.event)
        wanted = self._label_keys[shown.project_id]
        labels = {key: value for key, value in shown.device.labels.items() if key in wanted}
        key = self._keys[shown.project_id]
        return self._lines.line(shown.event, key, shown.device.name, labels)

    def _join(self, joined: Joined) -> None:
        """Say that it has begun once all projects have joined."""
        self._unseen.discard(joined.project_id)
        if not self._unseen:
            count = sum(map(len, self._interests.values()))
            self._console.note(texts.started_text(count, len(self._interests)))
