"""Fills a gap: finds devices with newer events, and reads these.

Costs a call per hundred devices and one for each device that has newer events or may have
back-filled: each sensor once, and again after it was out of range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from dcsync.cloud.arrival import Arrival
from dcsync.errors import CloudError
from dcsync.watch.devices import DeviceBook, WatchedDevice, device_of
from dcsync.watch.enquiry import REFUSED, RETENTION_S, Behind, Enquiry, Findings, GapSource
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import Gap
from dcsync.watch.late import LATE_TYPES
from dcsync.watch.moments import seconds_of
from dcsync.watch.progress import SeenEvents

MOST_FAILURES = 3
"""After so many failed attempts in a row something stays unknown."""
BATCH = 10_000
"""So many events are put in order of time before they are handed on."""


class History:
    """Finds what one project's stream has missed."""

    def __init__(
        self,
        archive: GapSource,
        project_id: str,
        interests: Sequence[Interest],
        book: DeviceBook,
        progress: SeenEvents,
        began_s: float,
    ) -> None:
        self._archive = archive
        self._project_id = project_id
        self._interests = interests
        self._book = book
        self._progress = progress
        self._began_s = began_s
        self._enquiry = Enquiry(archive, project_id, progress)
        self._failed_surveys = 0
        self._unasked: dict[str, Behind] = {}
        self._unasked_gap_s = 0.0

    @property
    def unasked(self) -> int:
        """Sensors that may have back-filled in a gap, and were not asked yet."""
        return len(self._unasked)

    def unasked_gap(self, reason: str = "out of time") -> Gap:
        """The gap that remains until they are asked."""
        words = f"sensors not checked for back-filled events: {self.unasked}: {reason}"
        return Gap(self._project_id, self._unasked_gap_s, words)

    def begin(self) -> None:
        """List the devices; what they have reported by now is not new."""
        self._progress.tick(self._began_s)
        for resource in self._archive.list_devices(self._project_id):
            device = device_of(resource)
            self._book.enter([device])
            for event_type, payload in _payloads(resource).items():
                self._progress.start_at(device.device_id, event_type, self._floor_s(payload))

    def _floor_s(self, payload: Mapping[str, Any] | None) -> float:
        """The time of the newest event before the watch; a late one does not count."""
        reported_s = _reported_s(payload)
        if payload is None or reported_s is None:
            return -math.inf
        return max(reported_s, self._began_s) if payload.get("isBackfilled") else reported_s

    def missing(self, gap_s: float, now_s: float) -> Iterator[Arrival | Gap]:
        """The events not shown yet, and remaining gaps. CloudError: try again later."""
        self._progress.tick(now_s)
        try:
            listing = self._archive.list_devices(self._project_id)
        except REFUSED as error:
            yield Gap(self._project_id, gap_s, f"the devices cannot be listed: {error}")
            return
        if gap_s > RETENTION_S:
            yield Gap(self._project_id, gap_s - RETENTION_S, "history reaches back 30 days")
        behind = list(self._behind(listing))
        self._put_off([each for each in behind if not each.has_news], gap_s)
        yield from self._events_of([each for each in behind if each.has_news], gap_s, now_s)

    def survey(self, most: int, now_s: float, *, is_last: bool = False) -> Iterator[Arrival | Gap]:
        """What up to `most` of the unasked sensors have back-filled; failures are retried later."""
        self._progress.tick(now_s)
        found = Findings()
        for device_id, behind in list(islice(self._unasked.items(), most)):
            try:
                self._enquiry.ask(behind, now_s, found)
            except REFUSED as error:
                found.refusals.append(error)
            except CloudError as error:
                self._failed_surveys += 1
                if is_last or self._failed_surveys >= MOST_FAILURES:
                    yield self.unasked_gap(str(error))
                    self._unasked.clear()
                break
            self._failed_surveys = 0
            self._unasked.pop(device_id, None)
        yield from found.take()
        for reason in found.flaws():
            yield Gap(self._project_id, self._unasked_gap_s, reason)

    def _put_off(self, behind: Sequence[Behind], gap_s: float) -> None:
        """Ask them one by one while the stream continues: there may be hundreds."""
        self._unasked_gap_s = gap_s + (self._unasked_gap_s if self._unasked else 0.0)
        self._unasked.update((each.device.device_id, each) for each in behind)

    def _behind(self, listing: Sequence[Mapping[str, Any]]) -> Iterator[Behind]:
        for resource in listing:
            device = device_of(resource)
            is_relabelled = self._book.knows_otherwise(device)
            self._book.enter([device])
            types = self._types_of(device)
            reports = {
                event_type: reported_s
                for event_type, payload in _payloads(resource).items()
                if _wants(types, event_type) and (reported_s := _reported_s(payload)) is not None
            }
            starts = [self._start_s(device, resource, *report) for report in reports.items()]
            if is_relabelled and _wants(types, "labelsChanged"):
                starts.append(self._progress.wanted_since(device.device_id, "labelsChanged"))
            since = [start_s for start_s in starts if start_s is not None]
            late_types = self._late_types(device, reports, has_news=bool(since))
            if since:
                wanted = tuple(sorted(types or ()))
                yield Behind(device, min(since), wanted, reports, late_types)
            elif late_types:
                yield Behind(device, math.inf, late_types, reports, late_types)

    def _start_s(
        self, device: WatchedDevice, resource: Mapping[str, Any], event_type: str, reported_s: float
    ) -> float | None:
        """From when on history is needed; None if there is nothing newer."""
        payload = _payloads(resource)[event_type] or {}
        if payload.get("isBackfilled") is True:  # it may hide a newer one that came before it
            return self._progress.wanted_since(device.device_id, event_type)
        return self._progress.missing_since(device.device_id, event_type, reported_s)

    def _late_types(
        self, device: WatchedDevice, reports: Mapping[str, float], *, has_news: bool
    ) -> tuple[str, ...]:
        return tuple(
            event_type
            for event_type, reported_s in reports.items()
            if (has_news and event_type in LATE_TYPES)
            or self._progress.may_lack_late(device.device_id, event_type, reported_s)
        )

    def _types_of(self, device: WatchedDevice) -> frozenset[str] | None:
        """The event types that are taken of this device; None for all."""
        taking = [each.event_types for each in self._interests if each.takes_device(device)]
        return None if None in taking else frozenset().union(*filter(None, taking))

    def _events_of(
        self, behind: Sequence[Behind], gap_s: float, now_s: float
    ) -> Iterator[Arrival | Gap]:
        """By time, within `BATCH`; whatever was found is reported in any case."""
        found = Findings()
        try:
            for each in behind:
                try:
                    self._enquiry.ask(each, now_s, found)
                except REFUSED as error:
                    found.refusals.append(error)
                self._enquiry.mark_asked(each)
                self._unasked.pop(each.device.device_id, None)
                if len(found.events) >= BATCH:
                    yield from found.take()
        except CloudError:
            yield from found.take()
            raise
        yield from found.take()
        for reason in found.flaws():
            yield Gap(self._project_id, gap_s, reason)


def _wants(types: frozenset[str] | None, event_type: str) -> bool:
    return types is None or event_type in types


def _payloads(resource: Mapping[str, Any]) -> dict[str, Mapping[str, Any] | None]:
    """The last report of each event type, None for none yet (docs/api.md section 6.1)."""
    reported = resource.get("reported")
    return {
        str(event_type): payload if isinstance(payload, dict) else None
        for event_type, payload in (reported.items() if isinstance(reported, dict) else ())
    }


def _reported_s(payload: Mapping[str, Any] | None) -> float | None:
    return None if payload is None else seconds_of(payload.get("updateTime"))
