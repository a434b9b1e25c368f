"""`watch --forward-to`: delivers each event to an endpoint, like each connector that takes it.

A slow endpoint holds the stream back, so that no event is lost.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from dcsync.cloud import Reader
from dcsync.cloud.clock import Clock
from dcsync.deliver import Courier, Delivery, Report
from dcsync.errors import CommandLineError, OutputError
from dcsync.formats import Format
from dcsync.model import Declared
from dcsync.options.of_events import WatchOptions
from dcsync.render import forwarding as texts
from dcsync.render.events import EventLines
from dcsync.render.forwarding import Undelivered
from dcsync.render.words import visible
from dcsync.session.events.endpoints import poster_of, resolved, targets_of
from dcsync.session.events.resuming import Resume
from dcsync.session.output.console import Console
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import MatchedEvent

FAREWELL_S = 10.0
"""How long the end of a watch waits for what is not delivered yet."""


class Forwarder:
    """Delivers through a courier, prints a line per attempt, and counts."""

    def __init__(
        self,
        options: WatchOptions,
        console: Console,
        connectors: Mapping[str, Declared],
        keys: Mapping[str, str],
        end_s: float | None,
        resume: Resume | None = None,
    ) -> None:
        self._console, self._keys, self._resume = console, keys, resume
        self._undelivered: dict[int, tuple[MatchedEvent, int]] = {}
        self._label_keys = {a: each.connector.labels for a, each in connectors.items()}
        self._is_json = options.format is Format.JSON
        self._lines = EventLines(console.style)
        self._lock = threading.Lock()
        self._deadline_s = math.inf if end_s is None else end_s + FAREWELL_S
        self._delivered = self._failures = 0
        self._refused: dict[str, Undelivered] = {}
        targets = targets_of(
            connectors, options.forward_to or "", allow_http=options.delivery.allow_http
        )
        self._urls = {address: target.shown for address, target in targets.items()}
        in_flight = options.delivery.max_in_flight
        self._post = poster_of(targets, in_flight)
        self._courier = Courier(self._post, Clock(), self._report, in_flight=in_flight)

    def take(self, shown: Sequence[MatchedEvent]) -> None:
        """Queue events for delivery; waits for room until shortly after the end of the watch."""
        for each in shown:
            if self._resume:
                self._undelivered[id(each.arrival)] = each, len(each.addresses)
            for address in each.addresses:
                delivery = Delivery(
                    address,
                    each.project_id,
                    each.device,
                    each.arrival,
                    self._label_keys[address],
                )
                if not self._courier.put(delivery, self._is_patient):
                    self._miss(delivery)

    def hurry(self) -> None:
        """The watch is ending. May be called by a signal handler."""
        self._deadline_s = min(self._deadline_s, time.monotonic() + FAREWELL_S)

    def finish(self) -> None:
        """Deliver what was taken, as far as the endpoint accepts it in time."""
        self.hurry()
        self._courier.finish(self._is_patient)

    def account(self) -> bool:
        """Print a summary; whether everything was delivered."""
        self._courier.abandon()
        self._post.close()
        for delivery in self._courier.left():
            self._miss(delivery)
        with self._lock:
            undelivered = sum(each.count for each in self._refused.values())
            text = texts.summary(self._delivered, self._failures, undelivered)
        if not self._console.is_cut:
            self._console.note(text)
        for line in texts.undelivered_lines(self._refused):
            self._console.problem(line)
        return not undelivered

    def _is_patient(self) -> bool:
        if self._console.is_cut:  # nobody reads: this watch is to end
            self.hurry()
        return time.monotonic() < self._deadline_s

    def _miss(self, delivery: Delivery) -> None:
        before = self._refused.get(delivery.address)
        at = delivery.arrival.timestamp
        self._refused[delivery.address] = (
            Undelivered(before.count + 1, min(before.oldest, at)) if before else Undelivered(1, at)
        )

    def _report(self, report: Report) -> None:
        """Called from every lane."""
        with self._lock:
            self._delivered += report.post.is_taken
            self._failures += not report.post.is_taken
            delivery = report.delivery
            if self._is_json:
                line = texts.attempt_json(report, self._urls[delivery.address])
            else:
                line = texts.attempt_text(report, self._lines, self._keys[delivery.project_id])
            self._console.result(line)
            if self._resume and report.post.is_taken:
                self._deliver(delivery, self._resume)

    def _deliver(self, delivery: Delivery, resume: Resume) -> None:
        """Record an event once the last connector that takes it has delivered it."""
        shown, left = self._undelivered.pop(id(delivery.arrival))
        if left > 1:
            self._undelivered[id(delivery.arrival)] = shown, left - 1
            return
        with suppress(OutputError):  # it is raised where the next event is taken
            resume.done(shown)


def forwarder_of(
    options: WatchOptions,
    console: Console,
    reader_of: Callable[[], Reader],
    interests: Mapping[str, Sequence[Interest]],
    keys: Mapping[str, str],
    end_s: float | None,
    resume: Resume | None = None,
) -> Forwarder:
    """For the connectors of a watch; only their secrets are resolved."""
    if options.format is Format.CLOUDEVENTS:
        raise CommandLineError("--forward-to prints deliveries: take --format text or json")
    addresses = {each.address for of_project in interests.values() for each in of_project}
    connectors = resolved(options.selection.paths, reader_of, addresses)
    for address, declared in sorted(connectors.items()):
        if declared.connector.type != "HTTP_PUSH":
            kind = declared.connector.type
            console.note(visible(f"{address}: {kind} has no headers and no signature"))
    return Forwarder(options, console, connectors, keys, end_s, resume)
