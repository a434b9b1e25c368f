"""One event of a device, decoded on access."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from dcsync.library.events import sensors, status
from dcsync.library.events.payload import Payload, read_moment
from dcsync.library.output import Output, id_after, mapping, string
from dcsync.library.printing import listing

if TYPE_CHECKING:
    from dcsync.cloud.arrival import Arrival

_CLASSES: tuple[type[Payload], ...] = (
    sensors.Touch,
    sensors.Temperature,
    sensors.ObjectPresent,
    sensors.Humidity,
    sensors.ObjectPresentCount,
    sensors.TouchCount,
    sensors.WaterPresent,
    sensors.Co2,
    sensors.Pressure,
    sensors.Motion,
    sensors.DeskOccupancy,
    sensors.Contact,
    sensors.ProbeWireStatus,
    status.BatteryStatus,
    status.NetworkStatus,
    status.LabelsChanged,
    status.ConnectionStatus,
    status.EthernetStatus,
    status.CellularStatus,
)

DATA_CLASSES: Mapping[str, type[Payload]] = {kind.event_type: kind for kind in _CLASSES}
"""The class of each event type's data."""

LABELS_CHANGED = status.LabelsChanged.event_type


class Event:
    """An event as the API returned it (`raw`), decoded lazily, because most fields of a stream are
    never read. Missing fields are "" or None; an event of an unknown type has no `data`."""

    __slots__ = ("_arrival", "_data", "_read")

    _arrival: Arrival
    _data: Payload | None
    _read: Mapping[str, Any]

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._read = event

    @classmethod
    def arrived(cls, arrival: Arrival) -> Self:
        """An event of a stream, decoded on access."""
        event = cls.__new__(cls)
        event._arrival = arrival
        return event

    listed = ("event_id", "event_type", "device_id", "project_id", "data")
    """The attributes that `print` shows."""

    def __str__(self) -> str:
        """All attributes, one per line."""
        return listing(self)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The event's JSON."""
        try:
            return self._read
        except AttributeError:
            self._read = self._arrival.event
            return self._read

    @property
    def _raw(self) -> Mapping[str, Any]:
        """The official SDK's name for `raw`."""
        return self.raw

    @property
    def event_id(self) -> str:
        """Unique; use it to detect repeated deliveries."""
        return string(self.raw, "eventId")

    @property
    def event_type(self) -> str:
        """One of `events.EVENT_TYPES`, or a newer one."""
        return string(self.raw, "eventType")

    @property
    def device_id(self) -> str:
        """The device that the event is about; "" for events of a project."""
        return id_after(string(self.raw, "targetName"), "devices")

    @property
    def project_id(self) -> str:
        """The project of the device."""
        return id_after(string(self.raw, "targetName"), "projects")

    @property
    def timestamp(self) -> datetime | None:
        """When it happened, in UTC; None if the event has no time."""
        return read_moment(self.raw.get("timestamp"))

    @property
    def data(self) -> Any:
        """The data, as the class of the event type; None for an unknown type."""
        try:
            return self._data
        except AttributeError:
            self._data = _data_of(self.event_type, self.raw)
            return self._data

    @classmethod
    def from_mixed_list(cls, events: list[dict[str, Any]]) -> list[Event]:
        """An Event for each of the API's events."""
        return [cls(event) for event in events]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.event_id)

    def __repr__(self) -> str:
        return (
            f"Event(event_id={self.event_id!r}, event_type={self.event_type!r},"
            f" device_id={self.device_id!r}, project_id={self.project_id!r}, data={self.data!r})"
        )


Output.register(Event)
Output.register(Payload)


def _data_of(event_type: str, event: Mapping[str, Any]) -> Payload | None:
    content = mapping(event, "data")
    if event_type == LABELS_CHANGED:  # the one type whose data holds no time (section 8)
        content = {"updateTime": event.get("timestamp"), **content}
    return Payload.from_event_type(content, event_type)
