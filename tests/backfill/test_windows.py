"""Windows over a history: none too large, nothing left out, nothing twice, few calls."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync.backfill import windows as room
from dcsync.backfill.past import past_events
from dcsync.backfill.windows import MOST, Windows
from dcsync.cloud.arrival import Arrival
from dcsync.watch.moments import text_of
from tests.examples import examples


def walk(moments: list[float], since_s: float, until_s: float) -> tuple[list[float], int, int]:
    """What is read through windows, the most that was held at once, and the readings."""
    windows = Windows(since_s, until_s)
    found: list[float] = []
    held = readings = 0
    while not windows.is_over:
        readings += 1
        first, last = bisect_left(moments, windows.at_s), bisect_left(moments, windows.end_s)
        inside = moments[first:last]
        if len(inside) > MOST and windows.may_overflow:
            held = max(held, MOST + 1)
            windows.overflowed(MOST + 1, inside[-MOST - 1])
            continue
        held = max(held, len(inside))
        found += inside
        windows.read(len(inside))
    return found, held, readings


@settings(max_examples=examples(40))
@given(
    st.lists(st.floats(0, 3_000_000, allow_nan=False), max_size=50),
    st.integers(0, 20_000),
    st.floats(1, 2_700_000),
)
def test_every_event_is_read_once_in_order(
    scattered: list[float], burst: int, burst_s: float
) -> None:
    """Whatever the density: a burst of any width among scattered events."""
    moments = sorted([*scattered, *(burst_s + number / 50 for number in range(burst))])

    found, held, _ = walk(moments, 0.0, 2_678_400.0)

    assert found == [each for each in moments if each < 2_678_400.0]
    assert held <= MOST + 1


@pytest.mark.slow
def test_a_million_events_cost_few_readings() -> None:
    """Even density: hardly more pages than there are events to fill them."""
    moments = [number * 2.6784 for number in range(1_000_000)]

    found, held, readings = walk(moments, 0.0, 2_678_400.0)

    assert found == moments
    assert held <= MOST + 1
    assert readings < 500


def test_an_ordinary_device_is_one_reading() -> None:
    """31 days of a sensor that measures every quarter of an hour."""
    assert walk([number * 900.0 for number in range(2976)], 0.0, 2_678_400.0)[2] == 1


def test_one_moment_that_holds_too_many_is_read_all_the_same() -> None:
    """Events of the same microsecond cannot be told apart by time."""
    moments = [1000.0] * (MOST + 500)

    found, _, readings = walk(moments, 0.0, 2_678_400.0)

    assert found == moments
    assert readings < 200
    assert room.NARROWEST_S > 0


class Archive:
    """A history that gives its events newest first, some of them twice."""

    def __init__(self, events: dict[str, float]) -> None:
        self.arrivals = [
            Arrival(name, timestamp=text_of(at_s), at_s=at_s) for name, at_s in events.items()
        ]

    def list_devices(self, project_id: str) -> list[dict[str, Any]]:
        raise NotImplementedError

    def past_arrivals(self, *_: str, **__: object) -> Iterator[Arrival]:
        newest_first = sorted(self.arrivals, key=lambda each: each.timestamp, reverse=True)
        return chain(newest_first, newest_first[:1])


def test_events_are_in_the_order_of_time_and_then_of_their_ids() -> None:
    """Whatever the order of the history, and of the ids; each once, and none beside the range."""
    archive = Archive({"z": 20.0, "b": 30.0, "a": 30.0, "y": 10.0, "x": 40.0, "w": 9.0})

    found = past_events(archive, "p", "d", ["touch"], Windows(10.0, 40.0))

    assert [(each.event_id, each.at_s) for each in found] == [
        ("y", 10.0), ("z", 20.0), ("a", 30.0), ("b", 30.0),
    ]  # fmt: skip
