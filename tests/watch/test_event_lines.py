"""How an event reads on a terminal and in a pipe."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dcsync.cloud.arrival import arrival_in
from dcsync.render.events import EventLines, arrival_lines, time_text, value_text
from dcsync.render.words import json_line, plain

T = "2026-03-01T12:00:00.123456Z"


def event(event_type: str, inner: Any, timestamp: str = T) -> dict[str, Any]:
    return {"eventType": event_type, "data": {event_type: inner}, "timestamp": timestamp}


VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("touch", {"updateTime": T}, "touched"),
    ("temperature", {"value": 21.5}, "21.5 °C"),
    ("temperature", {"value": 27}, "27 °C"),
    ("objectPresent", {"state": "NOT_PRESENT"}, "NOT_PRESENT"),
    ("humidity", {"temperature": 22.4, "relativeHumidity": 17}, "17 %RH, 22.4 °C"),
    ("objectPresentCount", {"total": 4176}, "4176"),
    ("touchCount", {"total": 469}, "469"),
    ("waterPresent", {"state": "PRESENT"}, "PRESENT"),
    ("co2", {"ppm": 526}, "526 ppm"),
    ("pressure", {"pascal": 99301}, "99301 Pa"),
    ("motion", {"state": "MOTION_DETECTED"}, "MOTION_DETECTED"),
    ("deskOccupancy", {"state": "OCCUPIED", "remarks": []}, "OCCUPIED"),
    ("contact", {"state": "OPEN"}, "OPEN"),
    ("probeWireStatus", {"state": "TWO_WIRE"}, "TWO_WIRE"),
    ("batteryStatus", {"percentage": 100}, "100 %"),
    ("networkStatus", {"signalStrength": 45, "rssi": -83}, "45 %, -83 dBm"),
    ("connectionStatus", {"connection": "ETHERNET"}, "ETHERNET"),
    ("ethernetStatus", {"ipAddress": "10.0.0.1"}, "10.0.0.1"),
    ("cellularStatus", {"signalStrength": 80}, "80 %"),
    ("lightLevel", {"lux": 12}, '{"lux":12}'),
    ("temperature", {"fahrenheit": 70}, '{"fahrenheit":70}'),
]


@pytest.mark.parametrize(("event_type", "inner", "text"), VALUES)
def test_values_have_their_unit(event_type: str, inner: dict[str, Any], text: str) -> None:
    """Each known type reads as a value with its unit; what is not known is shown as it came."""
    assert value_text(event(event_type, inner)) == text


def test_changed_labels_read_as_changes() -> None:
    """labelsChanged has its fields right under `data` (docs/api.md section 8)."""
    data = {"added": {"room": "99"}, "modified": {"name": "Fridge"}, "removed": ["floor"]}

    assert (
        value_text({"eventType": "labelsChanged", "data": data}) == "+room=99 ~name=Fridge -floor"
    )


@pytest.mark.parametrize("data", [None, [], 7, {}, {"temperature": None}, {"temperature": [1]}])
def test_an_odd_event_is_still_a_line(data: object) -> None:
    """Whatever the cloud sends, printing it does not fail."""
    line = EventLines(plain).line(
        {"eventType": "temperature", "data": data, "timestamp": T}, "oslo", "Fridge", {}
    )

    assert line.startswith("2026-03-01 12:00:00.123  oslo  Fridge")


@pytest.mark.parametrize(
    ("timestamp", "text"),
    [
        (T, "2026-03-01 12:00:00.123"),
        ("2026-03-01T14:00:00+02:00", "2026-03-01 12:00:00.000"),
        ("yesterday\r", "yesterday\\r"),
    ],
)
def test_times_are_utc(timestamp: str, text: str) -> None:
    """Times of any zone are shown in UTC; what is no time, as it came."""
    assert time_text({"timestamp": timestamp}) == text


def test_lines_are_aligned() -> None:
    """Columns are as wide as the widest so far, so that types and values stand below each other."""
    lines = EventLines(plain)
    rows = [
        lines.line(
            event("touchCount", {"total": 1}), "bergen", "A device of a long name", {"a": "1"}
        ),
        lines.line(event("touch", {}), "oslo", "B", {}),
    ]

    assert [row.split("  ", 1)[1] for row in rows] == [
        "bergen  A device of a long name  a=1  touchCount     1",
        "oslo    B                             touch          touched",
    ]


def test_a_name_cannot_move_the_cursor() -> None:
    """Control characters in names, labels, types and values are escaped."""
    evil = "\x1b[2J\u202e\n"
    line = EventLines(plain).line(
        event(evil, {"state": evil}, evil), evil, evil, {evil: evil}, "[unchecked]"
    )

    assert line.isprintable()


def test_a_json_line_is_the_event_as_it_came() -> None:
    """Order, numbers and unknown keys are kept, and no character can end the line early."""
    came = {"z": 1.5, "a": {"label": "x\u2028y\n", "big": 2**63, "n": None}, "list": [1, 2.0]}

    line = json_line(came)

    assert json.loads(line) == came
    assert list(json.loads(line)) == ["z", "a", "list"]
    assert line.isascii()
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"value": 4.50}', '{"value": 4.50}'),
        ('{"value":\r4.50}', '{"value":4.5}'),
        ('{"value":\n4.50}', '{"value":4.5}'),
        ('\n{"value":4.50}', '{"value":4.5}'),
        ('{"value":\n{}}', '{"value":{}}'),
        ('{"name": "Kjøl"}', '{"name":"Kj\\u00f8l"}'),
    ],
)
def test_an_events_own_text_is_printed_where_it_fits_on_a_line(text: str, line: str) -> None:
    """Even its numbers stay as they were written; what is not plain ASCII is written anew."""
    plain = arrival_in(b'{"a":1}')
    arrival = arrival_in(text.encode())

    assert arrival_lines([arrival]) == line
    assert arrival_lines([plain, arrival, plain]).split("\n") == ['{"a":1}', line, '{"a":1}']
