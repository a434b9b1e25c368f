"""A history of any size in flat memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from dcsync.backfill import Counting, Job, Ledger, Runner, Span, past, windows
from dcsync.cloud.arrival import Arrival, arrival_of
from dcsync.watch.devices import WatchedDevice
from dcsync.watch.moments import seconds_of, text_of

BEGAN_S = 1_790_000_000.0


class Dense:
    """A device that measures every second; pages come newest first."""

    def __init__(self, events: int) -> None:
        self.span = Span("31d", "", BEGAN_S, BEGAN_S + events)
        self.calls = 0

    def list_devices(self, project_id: str) -> list[dict[str, Any]]:  # noqa: ARG002 - an Archive's
        return []

    def past_arrivals(
        self,
        project_id: str,
        device_id: str,
        *,
        event_types: Sequence[str],  # noqa: ARG002 - an Archive's
        start_time: str,
        end_time: str,
    ) -> Iterator[Arrival]:
        first, last = seconds_of(start_time) or 0.0, seconds_of(end_time) or 0.0
        number = min(int(last - BEGAN_S), int(self.span.until_s - BEGAN_S))
        given = 0
        while number >= max(first - BEGAN_S, 0):
            self.calls += given % 1000 == 0
            given += 1
            event = {
                "eventId": f"e{number:019}",
                "targetName": f"projects/{project_id}/devices/{device_id}",
                "eventType": "temperature",
                "data": {"temperature": {"value": 21.5}},
                "timestamp": text_of(BEGAN_S + number),
            }
            arrival = arrival_of(event)
            arrival.at_s = BEGAN_S + number
            yield arrival
            number -= 1


def backfilled(events: int) -> tuple[int, int, int]:
    """How many were delivered, in how many calls, and the most memory in bytes."""
    archive = Dense(events)
    job = Job("oslo/ingest", "https://ingest.example.com", "p", (), (), (WatchedDevice("d"),))
    runner = Runner(archive, job, Ledger(archive.span), unix_s=lambda: BEGAN_S + events)
    tracemalloc.start()
    outcome = runner.run(Counting(), 1, lambda: False, lambda _: None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert outcome.is_whole
    return outcome.events, archive.calls, peak


@pytest.mark.slow
def test_memory_does_not_grow_with_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is held is a window, here a small one, however many events there are."""
    monkeypatch.setattr(past, "MOST", 200)
    monkeypatch.setattr(windows, "WANTED", 140)
    backfilled(10)  # what is imported and compiled on the way is no part of it

    few, many = backfilled(500), backfilled(3_000)

    assert (few[0], many[0]) == (500, 3_000)
    assert many[2] < 1.3 * few[2]
