"""Which events are new, and which connectors take them; cached by device and type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress

from dcsync.cloud.arrival import Arrival
from dcsync.errors import CloudError
from dcsync.watch.devices import DeviceBook, WatchedDevice, device_id_of, device_of, id_of
from dcsync.watch.enquiry import GapSource
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import MatchedEvent
from dcsync.watch.late import is_late
from dcsync.watch.mark import HistoryMark
from dcsync.watch.progress import SeenEvents

Taker = tuple[HistoryMark, WatchedDevice, tuple[str, ...]]
"""What was shown of a device and type, the device, and the connectors that take it."""


class Takers:
    """Of one project."""

    def __init__(
        self,
        archive: GapSource,
        project_id: str,
        interests: Sequence[Interest],
        book: DeviceBook,
        progress: SeenEvents,
    ) -> None:
        self._archive = archive
        self._project_id = project_id
        self._interests = interests
        self._book = book
        self._progress = progress
        self._known: dict[tuple[str, str], Taker] = {}
        """By target name and event type."""

    def take(self, together: Sequence[Arrival], heard_s: float) -> list[MatchedEvent]:
        """The events of the stream without pings, events already shown, and those that nobody
        takes.

        Runs for every event of a busy stream, so everything possible is cached.
        """
        shown: list[MatchedEvent] = []
        known, progress = self._known, self._progress
        progress.tick(heard_s)
        newest_s = -math.inf
        for arrival in together:
            at_s = heard_s if arrival.at_s is None else arrival.at_s
            if at_s > newest_s:
                newest_s = at_s
            if arrival.event_type == "ping":
                continue
            key = arrival.target_name, arrival.event_type
            mark, device, addresses = known.get(key) or self._find(*key)
            event_id = arrival.event_id or id_of(arrival.event)
            if mark.may_be_late and is_late(arrival.text):
                if not progress.admit_late(mark, event_id, at_s, heard_s):
                    continue
            elif not progress.admit(mark, event_id, at_s):
                continue
            if arrival.event_type == "labelsChanged":
                self._relabel(device, arrival.event.get("data"))
                _, device, addresses = self._find(*key)
            if addresses:
                shown.append(MatchedEvent(self._project_id, arrival, device, addresses))
        progress.hear(newest_s)
        return shown

    def take_past(self, arrival: Arrival) -> MatchedEvent | None:
        """An event of the history; None if nobody takes it."""
        _, device, addresses = self._find(arrival.target_name, arrival.event_type)
        return MatchedEvent(self._project_id, arrival, device, addresses) if addresses else None

    def _find(self, target_name: str, event_type: str) -> Taker:
        device_id = device_id_of(target_name)
        device = self._device(device_id)
        mark = self._progress.mark(device_id, event_type)
        taker = mark, device, self._addresses(device, event_type)
        if self._book.get(device_id):  # else it is looked up again with its next event
            self._known[target_name, event_type] = taker
        return taker

    def _relabel(self, device: WatchedDevice, change: object) -> None:
        """Apply the data of a `labelsChanged` event."""
        if isinstance(change, dict):
            self._book.relabel(device.device_id, change)
            self.forget()

    def forget(self) -> None:
        """Devices may have changed."""
        self._known.clear()

    def _addresses(self, device: WatchedDevice, event_type: str) -> tuple[str, ...]:
        return tuple(
            each.address
            for each in self._interests
            if each.takes_type(event_type) and each.takes_device(device)
        )

    def _device(self, device_id: str) -> WatchedDevice:
        """From the book; devices added after the listing are looked up."""
        device = self._book.get(device_id)
        if device is None and device_id:
            self._look_up(device_id)
            device = self._book.get(device_id)
        return device or WatchedDevice(device_id)

    def _look_up(self, device_id: str) -> None:
        with suppress(CloudError):
            found = self._archive.list_devices(self._project_id, device_ids=[device_id])
            self._book.enter([WatchedDevice(device_id), *map(device_of, found)])
