"""A project's devices: listed, then followed through `labelsChanged`. Knows no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Device:
    """What a filter decides on and a person reads; `type` is "" where nobody knows it."""

    device_id: str
    type: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    product_number: str = ""

    @property
    def name(self) -> str:
        """The display name is a label (dt-api.md section 6.1)."""
        return self.labels.get("name") or self.device_id


def device_of(resource: Mapping[str, Any]) -> Device:
    """The device in an answer of the API."""
    labels = resource.get("labels")
    return Device(
        device_id_of(resource.get("name")),
        str(resource.get("type") or ""),
        {str(key): str(value) for key, value in labels.items()} if isinstance(labels, dict) else {},
        str(resource.get("productNumber") or ""),
    )


def device_id_of(name: object) -> str:
    """The id in `projects/P/devices/D`; "" for the name of anything else."""
    kind, _, device_id = str(name or "").rpartition("/")
    return device_id if kind.endswith("/devices") else ""


def id_of(event: Mapping[str, Any]) -> str:
    """What an event is told apart by; one without an eventId, by all that it says."""
    return str(event.get("eventId") or event)


class DeviceBook:
    """The devices of one project by id."""

    def __init__(self) -> None:
        self._devices: dict[str, Device] = {}

    def get(self, device_id: str) -> Device | None:
        return self._devices.get(device_id)

    def enter(self, devices: Iterable[Device]) -> None:
        self._devices.update((device.device_id, device) for device in devices)

    def relabel(self, device_id: str, change: Mapping[str, Any]) -> None:
        """Apply the data of a `labelsChanged` event (dt-api.md section 8)."""
        device = self._devices.get(device_id)
        if device is None:
            return
        labels = dict(device.labels)
        for part in ("added", "modified"):
            if isinstance(changed := change.get(part), dict):
                labels.update((str(key), str(value)) for key, value in changed.items())
        for key in change.get("removed") or ():
            labels.pop(str(key), None)
        self._devices[device_id] = replace(device, labels=labels)
