"""Finds the device of an event and the connectors that take it; cached by device and type."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from dcsync.errors import CloudError
from dcsync.watch.devices import DeviceBook, WatchedDevice, device_id_of, device_of
from dcsync.watch.enquiry import GapSource
from dcsync.watch.filters import Interest
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
        self.known: dict[tuple[str, str], Taker] = {}
        """By target name and event type."""

    def find(self, target_name: str, event_type: str) -> Taker:
        device_id = device_id_of(target_name)
        device = self._device(device_id)
        mark = self._progress.mark(device_id, event_type)
        taker = mark, device, self._addresses(device, event_type)
        if self._book.get(device_id):  # else it is looked up again with its next event
            self.known[target_name, event_type] = taker
        return taker

    def relabel(self, device: WatchedDevice, change: object) -> None:
        """Apply the data of a `labelsChanged` event."""
        if isinstance(change, dict):
            self._book.relabel(device.device_id, change)
            self.forget()

    def forget(self) -> None:
        """Devices may have changed."""
        self.known.clear()

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
