"""Outputs for the events of a watch: standard output here, an endpoint in `forwarding`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, assert_never

from dcsync.formats import EventFormat, Format
from dcsync.render.cloudevents import cloudevent_line
from dcsync.render.events import EventLines, arrival_lines
from dcsync.render.words import Visible, lines
from dcsync.session.events.resuming import Resume
from dcsync.session.output.console import Console
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import MatchedEvent


class Outlet(Protocol):
    """Takes events in order."""

    def take(self, shown: Sequence[MatchedEvent]) -> None:
        """Take the next events; blocks while there is no room."""


class Printer:
    """Prints each event on a line."""

    def __init__(
        self,
        format: EventFormat,
        console: Console,
        interests: Mapping[str, tuple[Interest, ...]],
        keys: Mapping[str, str],
        resume: Resume | None = None,
    ) -> None:
        self._console, self._keys, self._resume = console, keys, resume
        self._label_keys = {
            project_id: frozenset[str]().union(*(each.shown_keys for each in of_project))
            for project_id, of_project in interests.items()
        }
        self._lines = EventLines(console.style)
        self._render = self._renderer(format)

    def take(self, shown: Sequence[MatchedEvent]) -> None:
        if self._resume:
            self._take_noting(shown, self._resume)
        else:
            self._console.write(self._render(shown))

    def _take_noting(self, shown: Sequence[MatchedEvent], resume: Resume) -> None:
        """One by one, each recorded once printed: a kill in between repeats one line at most."""
        for each in shown:
            self._console.result(self._render([each]))
            if not self._console.is_cut:
                resume.done(each)

    def _renderer(self, format: EventFormat) -> Callable[[Sequence[MatchedEvent]], Visible]:
        match format:
            case Format.TEXT:
                return self._text
            case Format.JSON:
                return self._json
            case Format.CLOUDEVENTS:
                return self._cloudevents
            case _:
                assert_never(format)

    def _json(self, shown: Sequence[MatchedEvent]) -> Visible:
        return arrival_lines([each.arrival for each in shown])

    def _cloudevents(self, shown: Sequence[MatchedEvent]) -> Visible:
        return lines(cloudevent_line(each.arrival) for each in shown)

    def _text(self, shown: Sequence[MatchedEvent]) -> Visible:
        return lines(map(self._line, shown))

    def _line(self, shown: MatchedEvent) -> Visible:
        wanted = self._label_keys[shown.project_id]
        labels = {key: value for key, value in shown.device.labels.items() if key in wanted}
        key = self._keys[shown.project_id]
        return self._lines.line(shown.arrival.event, key, shown.device.name, labels)
