"""A project's devices: listed, then updated through `labelsChanged`. Knows no network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Any

from dcsync.dataclass import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class WatchedDevice:
    """What filters use and users read; `type` is "" if unknown."""

    device_id: str
    type: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    product_number: str = ""

    @property
    def name(self) -> str:
        """The display name, which is a label (docs/api.md section 6.1)."""
        return self.labels.get("name") or self.device_id


def device_of(resource: Mapping[str, Any]) -> WatchedDevice:
    """The device in a response of the API."""
    return WatchedDevice(
        device_id_of(resource.get("name")),
        _string(resource.get("type")),
        _labels_in(resource.get("labels")),
        _string(resource.get("productNumber")),
    )


def device_id_of(name: object) -> str:
    """The id in `projects/P/devices/D`; "" for other names."""
    kind, _, device_id = _string(name).rpartition("/")
    return device_id if kind.endswith("/devices") else ""


def _string(content: object) -> str:
    return content if isinstance(content, str) else ""


def _labels_in(content: object) -> dict[str, str]:
    """The labels as strings; invalid ones are omitted."""
    if not isinstance(content, dict):
        return {}
    return {key: str(each) for key, each in content.items() if not isinstance(each, dict | list)}


def id_of(event: Mapping[str, Any]) -> str:
    """What identifies an event: its eventId, or without one its whole content."""
    return str(event.get("eventId") or event)


class DeviceBook:
    """The devices of one project by id."""

    def __init__(self) -> None:
        self._devices: dict[str, WatchedDevice] = {}
        self._prints: Mapping[str, str] = {}

    def remember(self, prints: Mapping[str, str]) -> None:
        """Restore `prints` of an earlier process."""
        self._prints = prints

    def prints(self) -> dict[str, str]:
        """A short fingerprint of the labels of each device."""
        known = {key: _print(device.labels) for key, device in self._devices.items()}
        return {**self._prints, **known}

    def knows_otherwise(self, device: WatchedDevice) -> bool:
        """Whether its labels have changed since the last look."""
        before = self._devices.get(device.device_id)
        if before is not None:
            return before.labels != device.labels
        known = self._prints.get(device.device_id)
        return known is not None and known != _print(device.labels)

    def get(self, device_id: str) -> WatchedDevice | None:
        return self._devices.get(device_id)

    def enter(self, devices: Iterable[WatchedDevice]) -> None:
        self._devices.update((device.device_id, device) for device in devices)

    def relabel(self, device_id: str, change: Mapping[str, Any]) -> None:
        """Apply the data of a `labelsChanged` event (docs/api.md section 8)."""
        device = self._devices.get(device_id)
        if device is None:
            return
        labels = dict(device.labels)
        for part in ("added", "modified"):
            labels.update(_labels_in(change.get(part)))
        if isinstance(removed := change.get("removed"), list):
            labels = {key: each for key, each in labels.items() if key not in removed}
        self._devices[device_id] = replace(device, labels=labels)


def _print(labels: Mapping[str, str]) -> str:
    return blake2s(json.dumps(sorted(labels.items())).encode(), digest_size=6).hexdigest()
