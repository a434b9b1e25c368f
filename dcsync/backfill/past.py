"""One device's past events, oldest first, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from operator import attrgetter
from typing import Any, Protocol

from msgspec import Struct

from dcsync.backfill.windows import MOST, Windows
from dcsync.cloud.arrival import Arrival
from dcsync.errors import InvalidResponse
from dcsync.watch.moments import text_of

RETENTION_S = 31 * 24 * 3600.0
"""How far history reaches back (docs/api.md section 7)."""
BESIDE_S = 0.001
"""Whether the ends of a range count is not known: more is asked for, and decided here."""


class HistoryPages(Protocol):
    """What a backfill needs of a Reader."""

    def list_devices(self, project_id: str) -> list[dict[str, Any]]: ...

    def past_arrivals(
        self,
        project_id: str,
        device_id: str,
        *,
        event_types: Sequence[str],
        start_time: str,
        end_time: str,
    ) -> Iterator[Arrival]: ...


class Past(Struct, frozen=True, gc=False):
    """An event at its moment; these sort as they are delivered, by moment and id."""

    at_s: float
    event_id: str
    arrival: Arrival


def past_events(
    archive: HistoryPages,
    project_id: str,
    device_id: str,
    event_types: Sequence[str],
    windows: Windows,
) -> Iterator[Past]:
    """Each event in the windows once, oldest first. CloudError if they cannot be read."""
    while not windows.is_over:
        found = _window(archive, project_id, device_id, event_types, windows)
        if found is not None:
            yield from sorted(found.values(), key=attrgetter("at_s", "event_id"))


def read(
    archive: HistoryPages,
    project_id: str,
    device_id: str,
    event_types: Sequence[str],
    from_s: float,
    until_s: float,
) -> Iterator[Past]:
    """The events from `from_s` up to, but not including, `until_s`, as the API orders them."""
    arrivals = archive.past_arrivals(
        project_id,
        device_id,
        event_types=event_types,
        start_time=text_of(max(from_s - BESIDE_S, 0.0)),
        end_time=text_of(until_s + BESIDE_S),
    )
    for arrival in arrivals:
        at_s = arrival.at_s
        if at_s is None:
            raise InvalidResponse(
                f"projects/{project_id}/devices/{device_id}: an event of the history has no time"
            )
        if from_s <= at_s < until_s:
            yield Past(at_s, arrival.event_id or sha256(arrival.text).hexdigest(), arrival)


def _window(
    archive: HistoryPages,
    project_id: str,
    device_id: str,
    event_types: Sequence[str],
    windows: Windows,
) -> dict[str, Past] | None:
    """The events of the next window by id; None where there are too many for one."""
    found: dict[str, Past] = {}
    for past in read(archive, project_id, device_id, event_types, windows.at_s, windows.end_s):
        found[past.event_id] = past
        if len(found) > MOST and windows.may_overflow:
            windows.overflowed(len(found), min(each.at_s for each in found.values()))
            return None
    windows.read(len(found))
    return found
