"""Formats an event as a line of text or JSON. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dcsync.cloud.arrival import Arrival
from dcsync.render.tables import shorten
from dcsync.render.words import (
    Style,
    Visible,
    json_line,
    lines,
    padded,
    plain_json,
    row,
    text_of,
    value,
    visible,
)

WIDEST = 40

_COLORS = {
    "temperature": "red",
    "humidity": "cyan",
    "touch": "green",
    "co2": "yellow",
    "objectPresent": "blue",
    "waterPresent": "blue",
    "motion": "blue",
    "contact": "blue",
    "deskOccupancy": "blue",
    "networkStatus": "dim",
    "batteryStatus": "dim",
    "labelsChanged": "bold",
}

_VALUES: Mapping[str, str] = {
    "touch": "touched",
    "temperature": "{value} °C",
    "humidity": "{relativeHumidity} %RH, {temperature} °C",
    "objectPresent": "{state}",
    "objectPresentCount": "{total}",
    "touchCount": "{total}",
    "waterPresent": "{state}",
    "co2": "{ppm} ppm",
    "pressure": "{pascal} Pa",
    "motion": "{state}",
    "deskOccupancy": "{state}",
    "contact": "{state}",
    "probeWireStatus": "{state}",
    "batteryStatus": "{percentage} %",
    "networkStatus": "{signalStrength} %, {rssi} dBm",
    "connectionStatus": "{connection}",
    "ethernetStatus": "{ipAddress}",
    "cellularStatus": "{signalStrength} %",
}


class EventLines:
    """Formats events in columns, which grow as needed and never shrink."""

    def __init__(self, style: Style) -> None:
        self._style = style
        self._widths = [0, 16, 0, 13]

    def line(
        self,
        event: Mapping[str, Any],
        project: str,
        device: str,
        labels: Mapping[str, str],
        mark: str = "",
    ) -> Visible:
        """Time, project, device, labels, type, value; `mark` comes last."""
        kind = text_of(event.get("eventType", ""))
        cells = (
            time_text(event),
            self._column(0, project),
            self._column(1, device),
            self._column(2, labels_text(labels)),
            self._style(self._column(3, kind), _COLORS.get(kind, "bold")),
            value(value_text(event)),
            self._style(visible(mark), "dim") if mark else visible(""),
        )
        return row(filter(None, cells))

    def _column(self, index: int, text: str) -> Visible:
        cell = visible(shorten(visible(text), WIDEST))
        self._widths[index] = max(self._widths[index], len(cell))
        return padded(cell, self._widths[index])


def arrival_lines(arrivals: Sequence[Arrival]) -> Visible:
    """Events as received where that is one line of plain ASCII; otherwise encoded again."""
    return plain_json([each.text for each in arrivals]) or lines(
        plain_json([each.text]) or json_line(each.event) for each in arrivals
    )


def labels_text(labels: Mapping[str, object]) -> str:
    return " ".join(
        key if value == "" else f"{key}={text_of(value)}" for key, value in labels.items()
    )


def time_text(event: Mapping[str, Any]) -> Visible:
    """The event's time in UTC, to the millisecond; unchanged if it is not a time."""
    text = text_of(event.get("timestamp", ""))
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return visible(shorten(text, WIDEST))
    return visible(f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}")


def value_text(event: Mapping[str, Any]) -> str:
    """The event's value with its unit; JSON for unknown types."""
    kind, data = text_of(event.get("eventType", "")), event.get("data")
    if not isinstance(data, Mapping):
        return "" if data is None else text_of(data)
    if kind == "labelsChanged":
        return _changes_text(data)
    inner = data.get(kind)
    if not isinstance(inner, Mapping):
        return json_line(data)
    try:
        return _VALUES[kind].format_map(_Payload(inner))
    except KeyError:
        return json_line(inner)


class _Payload(dict[str, Any]):
    """An event's payload, of which no more becomes a string than is shown: not its samples."""

    def __getitem__(self, key: str) -> str:
        return text_of(super().__getitem__(key))


def _changes_text(data: Mapping[str, Any]) -> str:
    signs = (("added", "+"), ("modified", "~"), ("removed", "-"))
    return " ".join(
        f"{sign}{label}" for name, sign in signs for label in _labels_in(data.get(name))
    )


def _labels_in(changed: object) -> list[str]:
    match changed:
        case None:
            return []
        case Mapping():
            return [f"{key}={text_of(label)}" for key, label in changed.items()]
        case list():
            return [text_of(label) for label in changed]
        case _:
            return [text_of(changed)]
