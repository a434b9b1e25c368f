"""Events in the API's format: the envelope, and completed payloads."""

from __future__ import annotations

from dcsync.emulator.clock import parse_timestamp, timestamp
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.telemetry.event_types import EVENTS_OF, STATES
from dcsync.emulator.wire import Json, Refused

_SAMPLED = {"temperature": ("value",), "humidity": ("temperature", "relativeHumidity")}
_NUMBERS = {
    **_SAMPLED,
    "co2": ("ppm",),
    "pressure": ("pascal",),
    "objectPresentCount": ("total",),
    "touchCount": ("total",),
    "batteryStatus": ("percentage",),
}
_EMPTY_LISTS = {
    "deskOccupancy": ("remarks",),
    "ethernetStatus": ("errors",),
    "cellularStatus": ("errors",),
    "networkStatus": ("cloudConnectors",),
}


def check_fits(device: Json, event_type: str) -> None:
    """Refused 400 if a device of this type never sends such an event."""
    if event_type not in EVENTS_OF[device["type"]]:
        raise Refused(400, f"a {device['type']} device cannot publish {event_type}")


def of_device(device: Json, event_type: str, data: Json, now: float) -> Json:
    """The event for a published payload: adds time and samples; Refused for invalid values."""
    data = dict(data)
    if "cloud_connectors" in data:  # the official SDK's spelling
        data["cloudConnectors"] = data.pop("cloud_connectors")
    data["updateTime"] = _time(data.get("updateTime"), now)
    for name in _NUMBERS.get(event_type, ()):
        if isinstance(data.get(name), bool) or not isinstance(data.get(name), int | float):
            raise Refused(400, f"{event_type}.{name} must be a number")
    if event_type in STATES and data.get("state") not in STATES[event_type]:
        raise Refused(400, f"{event_type}.state must be one of {', '.join(STATES[event_type])}")
    for name in _EMPTY_LISTS.get(event_type, ()):
        data.setdefault(name, [])
    if event_type == "networkStatus":
        data = _with_signals(data)
    if event_type in _SAMPLED:
        sample = {name: data[name] for name in _SAMPLED[event_type]}
        data.setdefault("samples", [{**sample, "sampleTime": data["updateTime"]}])
        data.setdefault("isBackfilled", False)
    return envelope(device["name"], event_type, {event_type: data}, data["updateTime"], now)


def _with_signals(data: Json) -> Json:
    """A complete networkStatus; the official SDK sends fewer fields than readers expect."""
    strength = data.get("signalStrength", 80)
    connectors = data["cloudConnectors"]
    if not isinstance(strength, int | float) or not isinstance(connectors, list):
        raise Refused(400, "signalStrength must be a number, cloudConnectors a list")
    if not all(isinstance(connector, dict) for connector in connectors):
        raise Refused(400, "cloudConnectors must hold objects")
    signal = {"signalStrength": strength, "rssi": data.get("rssi", round(0.63 * strength - 113))}
    heard = [{**signal, **connector} for connector in connectors]
    mode = data.get("transmissionMode", "LOW_POWER_STANDARD_MODE")
    return {**data, **signal, "cloudConnectors": heard, "transmissionMode": mode}


def labels_changed(device: Json, before: Json, after: Json, now: float) -> Json:
    """The only event whose fields are directly under `data`."""
    data = {
        "added": {k: v for k, v in after.items() if k not in before},
        "modified": {k: v for k, v in after.items() if k in before and before[k] != v},
        "removed": [k for k in before if k not in after],
    }
    return envelope(device["name"], "labelsChanged", data, timestamp(now), now)


def ping(project_id: str, now: float) -> Json:
    return envelope(f"projects/{project_id}", "ping", None, timestamp(now), now)


def envelope(target: str, event_type: str, data: Json | None, moment: str, now: float) -> Json:
    return {
        "eventId": new_id(now),
        "targetName": target,
        "eventType": event_type,
        "data": data,
        "timestamp": moment,
    }


def pushed(event: Json, device: Json, label_keys: list[str]) -> Json:
    """What a Data Connector delivers, with keys in the order of real deliveries (section 9.1)."""
    _, project_id, _, device_id = device["name"].split("/")
    labels = device["labels"]
    return {
        "event": event,
        "labels": {key: labels[key] for key in label_keys if key in labels},
        "metadata": {
            "deviceId": device_id,
            "projectId": project_id,
            "deviceType": device["type"],
            "productNumber": device.get("productNumber", ""),
        },
    }


def _time(given: object, now: float) -> str:
    if not given:
        return timestamp(now)
    try:
        return timestamp(parse_timestamp(str(given)))
    except ValueError:
        raise Refused(400, "updateTime must be an RFC 3339 time") from None
