"""The API's event and device types, and which device sends which events (docs/api.md section 8)."""

from __future__ import annotations

from collections.abc import Mapping

_SENSOR = ("touch", "networkStatus", "batteryStatus", "connectionStatus")
_COUNTER = ("networkStatus", "batteryStatus", "connectionStatus")

EVENTS_OF: Mapping[str, tuple[str, ...]] = {
    "temperature": ("temperature", *_SENSOR, "probeWireStatus"),
    "proximity": ("objectPresent", *_SENSOR),
    "touch": _SENSOR,
    "humidity": ("humidity", *_SENSOR),
    "proximityCounter": ("objectPresentCount", *_COUNTER),
    "touchCounter": ("touchCount", *_COUNTER),
    "waterDetector": ("waterPresent", *_SENSOR),
    "ccon": ("connectionStatus", "ethernetStatus", "cellularStatus", "touch"),
    "co2": ("co2", "pressure", "humidity", *_SENSOR),
    "motion": ("motion", *_SENSOR),
    "deskOccupancy": ("deskOccupancy", *_SENSOR),
    "contact": ("contact", *_SENSOR),
}
"""What a device of each type can send, its own measurements first."""

BACKFILLED = frozenset({"temperature", "humidity"})
"""What a device that was out of reach sends later (docs/api.md section 13)."""

DEVICE_TYPES = tuple(EVENTS_OF)

EVENT_TYPES = (
    "touch",
    "temperature",
    "objectPresent",
    "humidity",
    "objectPresentCount",
    "touchCount",
    "waterPresent",
    "co2",
    "pressure",
    "motion",
    "deskOccupancy",
    "contact",
    "probeWireStatus",
    "batteryStatus",
    "networkStatus",
    "labelsChanged",
    "connectionStatus",
    "ethernetStatus",
    "cellularStatus",
)

STATES: Mapping[str, tuple[str, ...]] = {
    "objectPresent": ("PRESENT", "NOT_PRESENT"),
    "waterPresent": ("PRESENT", "NOT_PRESENT"),
    "motion": ("MOTION_DETECTED", "NO_MOTION_DETECTED"),
    "deskOccupancy": ("OCCUPIED", "NOT_OCCUPIED"),
    "contact": ("OPEN", "CLOSED"),
    "probeWireStatus": (
        "TWO_WIRE",
        "THREE_WIRE",
        "FOUR_WIRE",
        "INVALID_WIRE_CONFIGURATION",
        "INVALID_COEFFICIENT_CONFIGURATION",
    ),
}
"""The values of `state`."""
