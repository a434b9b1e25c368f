"""Fills a gap: which devices have something newer, and what it was.

Costs a call per hundred devices and one for each device that has something newer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dcsync.errors import (
    AnswerInvalid,
    BadRequest,
    CloudError,
    Conflict,
    Forbidden,
    NotFound,
    Unauthorized,
)
from dcsync.watch.devices import Device, DeviceBook, device_of, id_of
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import Gap
from dcsync.watch.moments import seconds_of, text_of
from dcsync.watch.progress import Progress

REFUSED = (AnswerInvalid, BadRequest, Conflict, Forbidden, NotFound, Unauthorized)
"""What would be the same if it were asked again."""

RETENTION_S = 30 * 24 * 3600.0
"""History reaches back 30 or 31 days (dt-api.md section 7)."""

BATCH = 10_000
"""So many events are put in order of time before they are handed on."""

Event = Mapping[str, Any]


class Archive(Protocol):
    """What filling gaps needs of a Reader."""

    def list_devices(
        self, project_id: str, *, device_ids: Sequence[str] = ()
    ) -> list[dict[str, Any]]: ...

    def event_history(
        self, project_id: str, device_id: str, *, event_types: Sequence[str], start_time: str
    ) -> Iterator[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Behind:
    """A device with something newer than what was shown, and from when on to ask."""

    device: Device
    since_s: float
    event_types: tuple[str, ...]
    """() for all."""
    reports: Mapping[str, float]


class History:
    """What one project's stream did not bring."""

    def __init__(
        self,
        archive: Archive,
        project_id: str,
        interests: Sequence[Interest],
        book: DeviceBook,
        progress: Progress,
    ) -> None:
        self._archive = archive
        self._project_id = project_id
        self._interests = interests
        self._book = book
        self._progress = progress

    def begin(self) -> None:
        """List the devices; what they have reported by now is not news."""
        for resource in self._archive.list_devices(self._project_id):
            device = device_of(resource)
            self._book.enter([device])
            for event_type, reported_s in _reports(resource).items():
                self._progress.start_at(device.device_id, event_type, reported_s)

    def missing(self, gap_s: float, now_s: float) -> Iterator[Event | Gap]:
        """The events that were not shown yet, and gaps that stay. CloudError: try again later."""
        try:
            listing = self._archive.list_devices(self._project_id)
        except REFUSED as error:
            yield Gap(self._project_id, gap_s, f"the devices cannot be listed: {error}")
            return
        if gap_s > RETENTION_S:
            yield Gap(self._project_id, gap_s - RETENTION_S, "history reaches back 30 days")
        yield from self._events_of(list(self._behind(listing)), gap_s, now_s - RETENTION_S)

    def _behind(self, listing: Sequence[Mapping[str, Any]]) -> Iterator[Behind]:
        for resource in listing:
            device = device_of(resource)
            before = self._book.get(device.device_id)
            self._book.enter([device])
            types = self._types_of(device)
            reports = {
                event_type: reported_s
                for event_type, reported_s in _reports(resource).items()
                if types is None or event_type in types
            }
            starts = [
                self._progress.missing_since(device.device_id, *report)
                for report in reports.items()
            ]
            if before and before.labels != device.labels and _wants(types, "labelsChanged"):
                starts.append(self._progress.wanted_since(device.device_id, "labelsChanged"))
            since = [start_s for start_s in starts if start_s is not None]
            if since:
                yield Behind(device, min(since), tuple(sorted(types or ())), reports)

    def _types_of(self, device: Device) -> frozenset[str] | None:
        """The event types that anyone takes of this device; None for all."""
        taking = [each.event_types for each in self._interests if each.takes_device(device)]
        return None if None in taking else frozenset().union(*filter(None, taking))

    def _events_of(
        self, behind: Sequence[Behind], gap_s: float, earliest_s: float
    ) -> Iterator[Event | Gap]:
        """In order of time, as far as `BATCH` reaches; what was found is told in any case."""
        found: list[tuple[float, Event]] = []
        refusals: list[CloudError] = []
        lacking = 0
        try:
            for each in behind:
                try:
                    reported = self._newly_reported(each)
                    events = self._admitted(each, max(each.since_s, earliest_s))
                    found += events
                    lacking += not reported <= {str(e.get("eventType")) for _, e in events}
                except REFUSED as error:
                    refusals.append(error)
                self._mark_asked(each)
                if len(found) >= BATCH:
                    yield from _by_time(found)
                    found = []
        except CloudError:
            yield from _by_time(found)
            raise
        yield from _by_time(found)
        if refusals:
            reason = f"history was refused, devices: {len(refusals)}: {refusals[0]}"
            yield Gap(self._project_id, gap_s, reason)
        if lacking:
            reason = f"history lacks what was reported last, devices: {lacking}"
            yield Gap(self._project_id, gap_s, reason)

    def _admitted(self, behind: Behind, since_s: float) -> list[tuple[float, Event]]:
        """What is new of one device, oldest first."""
        device_id = behind.device.device_id
        events = self._archive.event_history(
            self._project_id,
            device_id,
            event_types=behind.event_types,
            # Whether the start counts is not known: ask from before it, and decide here.
            start_time=text_of(max(since_s - 1.0, 0.0)),
        )
        timed = sorted(
            ((seconds_of(event.get("timestamp")) or 0.0, event) for event in events),
            key=lambda pair: pair[0],
        )
        return [
            (at_s, event)
            for at_s, event in timed
            if self._progress.admit_past(device_id, str(event.get("eventType")), id_of(event), at_s)
        ]

    def _newly_reported(self, behind: Behind) -> set[str]:
        """The event types of which history must have something new."""
        return {
            event_type
            for event_type, reported_s in behind.reports.items()
            if self._progress.lacks(behind.device.device_id, event_type, reported_s)
        }

    def _mark_asked(self, behind: Behind) -> None:
        for event_type, reported_s in behind.reports.items():
            self._progress.asked(behind.device.device_id, event_type, reported_s)


def _wants(types: frozenset[str] | None, event_type: str) -> bool:
    return types is None or event_type in types


def _by_time(found: list[tuple[float, Event]]) -> Iterator[Event]:
    return (event for _, event in sorted(found, key=lambda pair: pair[0]))


def _reports(resource: Mapping[str, Any]) -> dict[str, float]:
    """When each event type was last reported (dt-api.md section 6.1)."""
    reported = resource.get("reported")
    moments = {
        str(event_type): seconds_of(payload.get("updateTime"))
        for event_type, payload in (reported.items() if isinstance(reported, dict) else ())
        if isinstance(payload, dict)
    }
    return {event_type: at_s for event_type, at_s in moments.items() if at_s is not None}
