"""Reads the history of one device: events newer than those shown, and late ones.

Reads backwards, and no further than necessary.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from dcsync.cloud.arrival import Arrival, arrival_of
from dcsync.dataclass import dataclass, field
from dcsync.errors import (
    BadRequest,
    CloudError,
    Conflict,
    Forbidden,
    InvalidResponse,
    NotFound,
    Unauthorized,
)
from dcsync.watch.devices import WatchedDevice, id_of
from dcsync.watch.late import is_late_event
from dcsync.watch.moments import seconds_of, text_of
from dcsync.watch.progress import SeenEvents
from dcsync.watch.survey import Survey, are_grounded

REFUSED = (InvalidResponse, BadRequest, Conflict, Forbidden, NotFound, Unauthorized)
"""Errors that would be the same if the request were repeated."""

RETENTION_S = 30 * 24 * 3600.0
"""History reaches back 30 or 31 days (docs/api.md section 7)."""

Event = Mapping[str, Any]


class GapSource(Protocol):
    """The part of Reader that filling gaps uses."""

    def list_devices(
        self, project_id: str, *, device_ids: Sequence[str] = ()
    ) -> list[dict[str, Any]]: ...

    def event_history(
        self, project_id: str, device_id: str, *, event_types: Sequence[str], start_time: str
    ) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Behind:
    """A device with newer events than those shown, or with possibly back-filled ones."""

    device: WatchedDevice
    since_s: float
    """From when on something newer is wanted; infinity for nothing."""
    event_types: tuple[str, ...]
    """() for all."""
    reports: Mapping[str, float]
    late_types: tuple[str, ...]
    """Of these, all that came late is wanted, however old."""

    @property
    def has_news(self) -> bool:
        """Whether it has reported something newer; otherwise only late events are requested."""
        return self.since_s < math.inf


@dataclass(slots=True)
class Findings:
    """What the history had, and what remained unknown."""

    events: list[tuple[float, Arrival]] = field(default_factory=list)
    """With their times. As arrivals: there may be many, and decoded they take twice as much."""
    refusals: list[CloudError] = field(default_factory=list)
    lacking: int = 0
    unsure: int = 0
    timeless: int = 0

    def take(self) -> Iterator[Arrival]:
        """The events by time, removed from the findings."""
        events, self.events = self.events, []
        return (event for _, event in sorted(events, key=_moment))

    def flaws(self) -> Iterator[str]:
        """Why it is unknown whether the events are complete."""
        if self.refusals:
            yield f"history requests refused, devices: {len(self.refusals)}: {self.refusals[0]}"
        if self.lacking:
            yield f"history lacks what was reported last, devices: {self.lacking}"
        if self.timeless:
            yield f"history has events without a usable time: {self.timeless}"
        if self.unsure:
            yield f"back-filled events that may be older than the watch: {self.unsure}"


class Enquiry:
    """Reads the histories of one project's devices."""

    def __init__(self, archive: GapSource, project_id: str, progress: SeenEvents) -> None:
        self._archive = archive
        self._project_id = project_id
        self._progress = progress

    def ask(self, behind: Behind, now_s: float, found: Findings) -> None:
        """The new events of one device."""
        reported = self._newly_reported(behind)
        device_id = behind.device.device_id
        surveys = {
            event_type: self._progress.survey(device_id, event_type, now_s)
            for event_type in behind.late_types
        }
        events = list(self._read(behind, surveys, now_s, found))
        late = [pair for pair in events if self._is_new_late(behind, pair, now_s, found)]
        new = [
            pair
            for pair in sorted(events, key=_moment)
            if behind.has_news and self._is_new(behind, pair)
        ]
        for event_type, survey in surveys.items():
            self._progress.surveyed(device_id, event_type, survey)
        found.events += [(at_s, arrival_of(event)) for at_s, event in late + new]
        found.lacking += not reported <= {str(event.get("eventType")) for _, event in late + new}

    def _read(
        self, behind: Behind, surveys: Mapping[str, Survey], now_s: float, found: Findings
    ) -> Iterator[tuple[float, Event]]:
        """One device's history, probably newest first, as far back as anything may be missing."""
        from_s = self._progress.oldest_s if surveys else behind.since_s
        events = self._archive.event_history(
            self._project_id,
            behind.device.device_id,
            event_types=behind.event_types,
            # Whether the start is inclusive is unknown: ask from before it, and filter here.
            start_time=text_of(max(min(from_s, behind.since_s) - 1.0, now_s - RETENTION_S, 0.0)),
        )
        for event in events:
            at_s = seconds_of(event.get("timestamp"))
            if at_s is None:
                found.timeless += 1
                continue
            yield at_s, event
            survey = surveys.get(str(event.get("eventType")))
            if survey is not None:
                survey.take(at_s, is_late=is_late_event(event))
                if at_s < behind.since_s - 1.0 and are_grounded(surveys.values()):
                    break

    def _is_new(self, behind: Behind, pair: tuple[float, Event]) -> bool:
        at_s, event = pair
        return not is_late_event(event) and self._progress.admit_past(
            behind.device.device_id, str(event.get("eventType")), id_of(event), at_s
        )

    def _is_new_late(
        self, behind: Behind, pair: tuple[float, Event], now_s: float, found: Findings
    ) -> bool:
        at_s, event = pair
        if not is_late_event(event):
            return False
        mark = self._progress.mark(behind.device.device_id, str(event.get("eventType")))
        is_ours = self._progress.admit_late_past(mark, id_of(event), at_s, now_s)
        found.unsure += is_ours is None
        return is_ours is not False

    def _newly_reported(self, behind: Behind) -> set[str]:
        """The event types of which the history must have new events."""
        return {
            event_type
            for event_type, reported_s in behind.reports.items()
            if self._progress.lacks(behind.device.device_id, event_type, reported_s)
        }

    def mark_asked(self, behind: Behind) -> None:
        for event_type, reported_s in behind.reports.items():
            self._progress.asked(behind.device.device_id, event_type, reported_s)


def _moment(pair: tuple[float, object]) -> float:
    return pair[0]
