"""Gathers evidence: watches events and polls metrics at the same time, until all is clear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Protocol, assert_never

from dcsync.cloud.clock import Clock
from dcsync.cloud.reader import Metrics
from dcsync.errors import CloudError
from dcsync.watch.evidence import Evidence
from dcsync.watch.happenings import (
    Checkpoint,
    Failed,
    Gap,
    Happening,
    Joined,
    Lost,
    MatchedEvent,
    News,
)
from dcsync.watch.merge import Watched

FIRST_POLL_S, MOST_POLL_S = 0.1, 10.0
POLL_S, POLL_EACH_S = 1.0, 0.25
"""Between two rounds of metrics; many connectors are polled less often, within the rate limit."""


class Meter(Protocol):
    """The part of Reader that polling uses."""

    def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics: ...


class Syncer(Protocol):
    """The part of Writer that provoking events uses."""

    def sync_data_connector(self, project_id: str, data_connector_id: str) -> None: ...


def measure_first(meter: Meter, under_test: Iterable[Evidence]) -> None:
    """The baseline. A connector without metrics cannot be verified."""
    for evidence in under_test:
        try:
            evidence.measure(meter.get_metrics(evidence.project_id, evidence.data_connector_id))
        except CloudError as error:
            evidence.trouble = f"its metrics cannot be read: {error}"


def provoke(syncer: Syncer, under_test: Iterable[Evidence]) -> None:
    """Make the cloud push the newest events again."""
    for evidence in under_test:
        if not evidence.trouble:
            try:
                syncer.sync_data_connector(evidence.project_id, evidence.data_connector_id)
            except CloudError as error:
                evidence.trouble = f":sync failed: {error}"


def gather(
    watched: Watched,
    meter: Meter,
    under_test: Mapping[str, Evidence],
    clock: Clock,
    end_s: float,
    poll_s: float = POLL_S,
) -> None:
    """Watch and poll until every connector is settled, or until `end_s` of the clock."""
    for evidence in under_test.values():
        evidence.unseen["events"] = "the stream was not opened"
    round_s = max(poll_s, POLL_EACH_S * (len(under_test) - 1))
    while clock.now_s() < end_s and not _is_settled(under_test):
        next_s = min(clock.now_s() + round_s, end_s)
        for happening in chain.from_iterable(watched.until(next_s)):
            _note(happening, under_test)
        if not watched.running:
            clock.sleep(max(next_s - clock.now_s(), 0))
        _poll(meter, under_test)


Map = Callable[[Callable[[Evidence], object], Iterable[Evidence]], Iterable[object]]
"""`map`, or that of a pool of threads."""


def await_deliveries(
    meter: Meter,
    under_test: Sequence[Evidence],
    clock: Clock,
    timeout_s: float,
    map_all: Map,
    is_over: Callable[[], bool],
) -> None:
    """Poll, without watching events, until every connector is settled, the timeout, or `is_over`.

    The interval grows, and follows the rate limit if there are many; each is polled at least once.
    """
    end_s, wait_s = clock.now_s() + timeout_s, FIRST_POLL_S
    while (left := [each for each in under_test if not each.is_settled]) and not is_over():
        polite_s = min(POLL_EACH_S * (len(left) - 1), MOST_POLL_S)
        clock.sleep(min(max(wait_s, polite_s), max(end_s - clock.now_s(), 0)))
        list(map_all(lambda each: _poll_one(meter, each), left))
        wait_s = min(2 * wait_s, POLL_S)
        if clock.now_s() >= end_s:
            return


def _note(happening: Happening, under_test: Mapping[str, Evidence]) -> None:
    if isinstance(happening, MatchedEvent):
        for address in happening.addresses:
            under_test[address].events += 1
        return
    if isinstance(happening, Checkpoint):
        return
    for evidence in under_test.values():
        if evidence.project_id == happening.project_id:
            _note_news(happening, evidence)


def _note_news(news: News, evidence: Evidence) -> None:
    match news:
        case Joined():
            evidence.unseen.pop("events", None)
        case Lost() | Gap():
            evidence.unseen["events"] = news.reason
        case Failed():
            evidence.trouble = f"its events cannot be watched: {news.error}"
        case _:
            assert_never(news)


def _poll(meter: Meter, under_test: Mapping[str, Evidence]) -> None:
    """A failed round is skipped: the next one has the same information, and the last one counts."""
    for evidence in under_test.values():
        if not evidence.is_settled:
            _poll_one(meter, evidence)


def _poll_one(meter: Meter, evidence: Evidence) -> None:
    try:
        evidence.measure(meter.get_metrics(evidence.project_id, evidence.data_connector_id))
    except CloudError as error:
        evidence.unseen["deliveries"] = str(error)


def _is_settled(under_test: Mapping[str, Evidence]) -> bool:
    return all(evidence.is_settled for evidence in under_test.values())
