"""Runs the backfill of one connector: many devices concurrently, each oldest first."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Protocol

from dcsync.backfill.ledger import Key, Ledger
from dcsync.backfill.past import RETENTION_S, HistoryPages, Past, past_events
from dcsync.backfill.windows import Windows
from dcsync.dataclass import dataclass, field
from dcsync.deliver import Delivery, Report
from dcsync.errors import DcsyncError, NotFound
from dcsync.watch.devices import WatchedDevice

_TICK_S = 0.1
_SLACK_S = 3600.0
"""What `--since 31d` loses while it runs is not counted as lost."""


@dataclass(frozen=True, slots=True)
class Job:
    """A declared connector, and the current devices of its project."""

    address: str
    url: str
    """Where its deliveries go, as it may be shown."""
    project_id: str
    event_types: tuple[str, ...]
    """() for all."""
    label_keys: tuple[str, ...]
    devices: tuple[WatchedDevice, ...] = field(repr=False)


@dataclass(slots=True)
class BackfillOutcome:
    """The result of one connector's backfill."""

    address: str
    url: str
    devices: int
    done: int = 0
    delivered: dict[str, int] = field(default_factory=dict)
    """By event type."""
    failures: int = 0
    gone: list[str] = field(default_factory=list)
    """Devices that were listed and have no history any more."""
    faded: list[str] = field(default_factory=list)
    """Devices of which the beginning has left the history."""
    trouble: str = ""
    """Why it stopped."""

    @property
    def events(self) -> int:
        return sum(self.delivered.values())

    @property
    def is_whole(self) -> bool:
        """Whether everything in the history was delivered."""
        return self.done == self.devices and not (self.gone or self.faded or self.trouble)


class Sender(Protocol):
    """What delivers: a `Persistence`, or `Counting` for a dry run."""

    @property
    def is_stopping(self) -> bool: ...

    def deliver(self, delivery: Delivery) -> bool: ...

    def stop(self) -> None: ...


class Counting:
    """Delivers nothing, and reports success."""

    def __init__(self) -> None:
        self.is_stopping = False

    def deliver(self, delivery: Delivery) -> bool:  # noqa: ARG002 - a Sender's
        return not self.is_stopping

    def stop(self) -> None:
        self.is_stopping = True


class Runner:
    """Runs one job; the sender calls `report` for each attempt."""

    def __init__(
        self,
        archive: HistoryPages,
        job: Job,
        ledger: Ledger,
        *,
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        self._archive, self._job, self._ledger, self._unix_s = archive, job, ledger, unix_s
        self._lock = threading.Lock()
        self._bugs: list[BaseException] = []
        self._tallies: list[dict[str, int]] = []
        """Of each thread, which counts alone: a lock for each event would cost more than reading
        it."""
        self.outcome = BackfillOutcome(job.address, job.url, len(job.devices))

    def report(self, report: Report) -> None:
        """Count an attempt; store the one that ended everything."""
        if report.post.is_taken:
            return
        with self._lock:
            self.outcome.failures += 1
            if report.retry_in_s is None:
                self._give_up(_refusal(report))

    def run(
        self,
        sender: Sender,
        threads: int,
        stopped: Callable[[], bool],
        advance: Callable[[BackfillOutcome], None],
    ) -> BackfillOutcome:
        """Deliver until all is done, the endpoint or the API fails, or `stopped`.

        `advance` is called a few times per second with the progress.
        """
        devices = iter(self._job.devices)
        workers = [
            threading.Thread(
                target=self._work,
                args=(devices, sender),
                name=f"backfill {number}",
                daemon=True,
            )
            for number in range(min(threads, len(self._job.devices)))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(_TICK_S)
                self._sum_up()
                advance(self.outcome)
                if stopped():
                    sender.stop()
        if self._bugs:
            raise self._bugs[0]
        return self.outcome

    def _work(self, devices: Iterator[WatchedDevice], sender: Sender) -> None:
        tally: dict[str, int] = {}
        self._tallies.append(tally)
        try:
            while not sender.is_stopping and (device := self._next(devices)) is not None:
                self._backfill(device, sender, tally)
        except DcsyncError as error:
            sender.stop()
            with self._lock:
                self._give_up(str(error))
        except BaseException as error:  # noqa: BLE001 - a bug: raised where it is seen
            sender.stop()
            self._bugs.append(error)

    def _next(self, devices: Iterator[WatchedDevice]) -> WatchedDevice | None:
        with self._lock:
            return next(devices, None)

    def _backfill(self, device: WatchedDevice, sender: Sender, tally: dict[str, int]) -> None:
        key = self._job.address, device.device_id
        if not self._ledger.position(key).is_done:
            try:
                if not self._deliver(key, device, sender, tally):
                    return
            except NotFound:
                with self._lock:
                    self.outcome.gone.append(device.device_id)
                return
            self._ledger.finish(key)
        with self._lock:
            self.outcome.done += 1

    def _deliver(
        self, key: Key, device: WatchedDevice, sender: Sender, tally: dict[str, int]
    ) -> bool:
        """Whether everything of this device was delivered. The loop is what an event costs."""
        position, note = self._ledger.position(key), self._ledger.note
        begun_s = position.at_s
        for past in self._events(device, begun_s):
            if past.at_s <= begun_s and position.covers(past.at_s, past.event_id):
                continue
            if not sender.deliver(self._delivery(device, past)):
                return False
            note(key, past.at_s, past.event_id)
            event_type = past.arrival.event_type
            tally[event_type] = tally.get(event_type, 0) + 1
        return True

    def _sum_up(self) -> None:
        delivered: Counter[str] = Counter()
        for tally in self._tallies:
            delivered.update(tally.copy())
        self.outcome.delivered = dict(delivered)

    def _events(self, device: WatchedDevice, from_s: float) -> Iterator[Past]:
        oldest_s = self._unix_s() - RETENTION_S
        if from_s < oldest_s - _SLACK_S:
            with self._lock:
                self.outcome.faded.append(device.device_id)
        windows = Windows(max(from_s, oldest_s), self._ledger.span.until_s)
        job = self._job
        return past_events(
            self._archive, job.project_id, device.device_id, job.event_types, windows
        )

    def _delivery(self, device: WatchedDevice, past: Past) -> Delivery:
        job = self._job
        return Delivery(job.address, job.project_id, device, past.arrival, job.label_keys)

    def _give_up(self, why: str) -> None:
        self.outcome.trouble = self.outcome.trouble or why


def _refusal(report: Report) -> str:
    arrival, post = report.delivery.arrival, report.post
    what = f"event {arrival.event_id} of {report.delivery.device.name} at {arrival.timestamp}"
    why = str(post.status) if post.status else post.problem
    times = "1 attempt" if report.attempt == 1 else f"{report.attempt} attempts"
    return f"{what} was not accepted in {times}: {why}"
