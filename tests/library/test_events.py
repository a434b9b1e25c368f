"""Events: typed for every type, and never a reason to fail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync import errors, model
from dcsync.library import events
from dcsync.library.events import DATA_CLASSES, Event

TIME = "2026-11-20T08:15:43.512330Z"
MOMENT = datetime(2026, 11, 20, 8, 15, 43, 512330, tzinfo=UTC)

DATA: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "touch": ({}, {}),
    "temperature": (
        {
            "value": 27,
            "samples": [{"value": 27.5, "sampleTime": TIME}],
            "isBackfilled": False,
        },
        {
            "celsius": 27,
            "fahrenheit": 80.6,
            "samples": [events.TemperatureSample(27.5, MOMENT)],
            "is_backfilled": False,
        },
    ),
    "objectPresent": ({"state": "PRESENT"}, {"state": "PRESENT"}),
    "humidity": (
        {
            "temperature": 22.4,
            "relativeHumidity": 17,
            "samples": [{"temperature": 22.4, "relativeHumidity": 17, "sampleTime": TIME}],
            "isBackfilled": True,
        },
        {
            "celsius": 22.4,
            "relative_humidity": 17,
            "samples": [events.HumiditySample(22.4, 17, MOMENT)],
            "is_backfilled": True,
        },
    ),
    "objectPresentCount": ({"total": 4176}, {"total": 4176}),
    "touchCount": ({"total": 469}, {"total": 469}),
    "waterPresent": ({"state": "NOT_PRESENT"}, {"state": "NOT_PRESENT"}),
    "co2": ({"ppm": 526}, {"ppm": 526}),
    "pressure": ({"pascal": 99301}, {"pascal": 99301}),
    "motion": ({"state": "MOTION_DETECTED"}, {"state": "MOTION_DETECTED"}),
    "deskOccupancy": (
        {"state": "OCCUPIED", "remarks": ["x"]},
        {"state": "OCCUPIED", "remarks": ["x"]},
    ),
    "contact": ({"state": "OPEN"}, {"state": "OPEN"}),
    "probeWireStatus": ({"state": "TWO_WIRE"}, {"state": "TWO_WIRE"}),
    "batteryStatus": ({"percentage": 100}, {"percentage": 100}),
    "networkStatus": (
        {
            "signalStrength": 45,
            "rssi": -83,
            "cloudConnectors": [{"id": "C", "signalStrength": 45, "rssi": -83}],
            "transmissionMode": "LOW_POWER_STANDARD_MODE",
        },
        {
            "signal_strength": 45,
            "rssi": -83,
            "cloud_connectors": [events.NetworkStatusCloudConnector("C", 45, -83)],
            "transmission_mode": "LOW_POWER_STANDARD_MODE",
        },
    ),
    "connectionStatus": (
        {"connection": "ETHERNET", "available": ["CELLULAR", "ETHERNET"]},
        {"connection": "ETHERNET", "available": ["CELLULAR", "ETHERNET"]},
    ),
    "ethernetStatus": (
        {"macAddress": "f0:00", "ipAddress": "10.0.0.1", "errors": []},
        {"mac_address": "f0:00", "ip_address": "10.0.0.1", "errors": []},
    ),
    "cellularStatus": (
        {"signalStrength": 80, "errors": [{"code": 1, "message": "x"}]},
        {"signal_strength": 80, "errors": [{"code": 1, "message": "x"}]},
    ),
}


def _event(event_type: str, data: Any) -> Event:
    return Event(
        {
            "eventId": "c0md3pm0p7bet3vico80",
            "targetName": "projects/P/devices/D",
            "eventType": event_type,
            "data": data,
            "timestamp": TIME,
        }
    )


@pytest.mark.parametrize("event_type", DATA)
def test_every_type_is_typed(event_type: str) -> None:
    """An event's data has the attributes of its type, and can be written as it was read."""
    inner, expected = DATA[event_type]
    raw = {**inner, "updateTime": TIME}

    data: Any = _event(event_type, {event_type: raw}).data

    assert {name: getattr(data, name) for name in expected} == expected
    assert data.timestamp == MOMENT
    assert data.raw == raw
    assert data.to_raw() == raw
    assert type(data) is DATA_CLASSES[event_type]


def test_changed_labels_are_typed() -> None:
    """labelsChanged keeps its fields directly under data and takes the event's time."""
    content = {"added": {"k": "v"}, "modified": {"k": "v2"}, "removed": ["k3"]}

    data = _event("labelsChanged", content).data

    assert (data.added, data.modified, data.removed) == tuple(content.values())
    assert data.timestamp == MOMENT


def test_every_known_type_is_covered() -> None:
    """The rows above, the classes and the constants are about the same types."""
    assert {*DATA, "labelsChanged"} == set(DATA_CLASSES) == set(events.EVENT_TYPES)
    assert set(events.EVENT_TYPES) == set(model.EVENT_TYPES)


def test_an_event_knows_where_it_comes_from() -> None:
    """Ids and time are read from the envelope, with or without a leading slash."""
    event = _event("touch", {"touch": {}})
    slashed = Event({"targetName": "/projects/P/devices/D"})
    ping = Event({"targetName": "projects/P", "eventType": "ping", "data": None})

    assert (event.project_id, event.device_id, event.timestamp) == ("P", "D", MOMENT)
    assert (slashed.project_id, slashed.device_id) == ("P", "D")
    assert (ping.project_id, ping.device_id, ping.data) == ("P", "", None)


def test_an_unknown_type_has_no_data() -> None:
    """What is newer than dcsync is there in raw."""
    event = _event("quantumFlux", {"quantumFlux": {"value": 7}})

    assert event.data is None
    assert event.raw["data"] == {"quantumFlux": {"value": 7}}
    assert "quantumFlux" in repr(event)


def test_data_is_read_once() -> None:
    """Looking twice gives the same object."""
    event = _event("touch", {"touch": {}})

    assert event.data is event.data


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@pytest.mark.slow
@settings(derandomize=True, deadline=None)
@given(
    event_type=st.sampled_from(sorted(DATA_CLASSES)),
    broken=st.data(),
)
def test_no_event_fails(event_type: str, broken: st.DataObject) -> None:
    """Whatever stands where the documented values should, reading and printing never fail."""
    inner, _ = DATA.get(event_type, ({"added": {}, "modified": {}, "removed": []}, {}))
    content = {key: broken.draw(json_values) for key in (*inner, "updateTime")}
    shapes: list[Any] = [content, {event_type: content}, None, [], {event_type: 7}]
    data = broken.draw(st.sampled_from(shapes))
    envelope = {key: broken.draw(json_values) for key in ("eventId", "targetName", "timestamp")}

    event = Event({**envelope, "eventType": event_type, "data": data})

    assert repr(event)
    assert repr([event.timestamp, getattr(event.data, "fahrenheit", None), event.data.raw])


@pytest.mark.parametrize(
    ("given_time", "sent"),
    [
        (MOMENT, TIME),
        (TIME, TIME),
        ("2026-11-20T08:15:43Z", "2026-11-20T08:15:43Z"),
        ("2026-11-20T08:15:43.512330000Z", TIME),
        (datetime(2026, 11, 20, 9), "2026-11-20T09:00:00Z"),  # noqa: DTZ001 - users give such
        (
            datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=2))),
            "2026-11-20T09:00:00+02:00",
        ),
        (None, None),
    ],
)
def test_takes_times_as_datetimes_and_texts(given_time: Any, sent: str | None) -> None:
    """A time may be a datetime or RFC 3339; without a zone it is UTC."""
    assert events.Touch(given_time).to_raw().get("updateTime") == sent


@pytest.mark.parametrize(
    "nonsense",
    [
        *("yesterday", "2026-13-01T00:00:00Z", "", "2026-01-01", "2026-01-01T00:00:00"),
        *("2026-01-01 00:00:00Z", "20260101T000000Z", "2026-01-01T00:00:00+02:00Z", " "),
    ],
)
def test_refuses_what_is_no_time(nonsense: str) -> None:
    """A string that is no RFC 3339, a time zone included, is a FormatError where it is given."""
    with pytest.raises(errors.FormatError, match="not a time"):
        events.Touch(timestamp=nonsense)  # type: ignore[arg-type]  # mypy sees the attribute


@pytest.mark.parametrize("nonsense", [7, 1.5, b"2026-01-01T00:00:00Z", {}])
def test_a_time_is_a_datetime_or_a_string(nonsense: Any) -> None:
    """Anything else is a TypeError."""
    with pytest.raises(TypeError, match="must be a datetime or a string"):
        events.Touch(timestamp=nonsense)


def test_publishes_what_the_sdk_forgets() -> None:
    """Humidity samples and a network's Cloud Connectors are written with the API's keys."""
    humidity = events.Humidity(20, 40, samples=[events.HumiditySample(20, 40, MOMENT)])
    network = events.NetworkStatus(
        cloud_connectors=[events.NetworkStatusCloudConnector("C", 45, -83)]
    )

    assert humidity.to_raw()["samples"] == [
        {"temperature": 20, "relativeHumidity": 40, "sampleTime": TIME}
    ]
    assert network.to_raw() == {"cloudConnectors": [{"id": "C", "signalStrength": 45, "rssi": -83}]}
