"""Event data in both libraries: made, published, read, shown; the intent of the SDK's tests."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer
from tests.library.either import differs

from .test_comparison import DEVICE, PROJECT_JSON, REPORTED
from .test_events import DATA, TIME

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

NOW = datetime(2026, 11, 20, 8, 15, 43, 512330, tzinfo=UTC)
SAMPLE = {"value": 23.1, "sampleTime": TIME}

MADE: dict[str, tuple[Any, dict[str, Any]]] = {
    "touch": (lambda ev: ev.Touch(NOW), {}),
    "temperature": (lambda ev: ev.Temperature(celsius=23.0, timestamp=NOW), {"value": 23.0}),
    "temperature, samples": (
        lambda ev: ev.Temperature(23.0, [ev.TemperatureSample(23.1, NOW)] * 2, timestamp=NOW),
        {"value": 23.0, "samples": [SAMPLE, SAMPLE]},
    ),
    "objectPresent": (lambda ev: ev.ObjectPresent("PRESENT", NOW), {"state": "PRESENT"}),
    "humidity": (
        lambda ev: ev.Humidity(celsius=23.2, relative_humidity=77.7, timestamp=NOW),
        {"temperature": 23.2, "relativeHumidity": 77.7},
    ),
    "objectPresentCount": (
        lambda ev: ev.ObjectPresentCount(timestamp=NOW, total=7),
        {"total": 7},
    ),
    "touchCount": (lambda ev: ev.TouchCount(total=7, timestamp=NOW), {"total": 7}),
    "waterPresent": (lambda ev: ev.WaterPresent("PRESENT", NOW), {"state": "PRESENT"}),
    "networkStatus": (
        lambda ev: ev.NetworkStatus(98, -66, "LOW_POWER_STANDARD_MODE", timestamp=NOW),
        {"signalStrength": 98, "rssi": -66, "transmissionMode": "LOW_POWER_STANDARD_MODE"},
    ),
    "batteryStatus": (lambda ev: ev.BatteryStatus(78, NOW), {"percentage": 78}),
    "labelsChanged": (
        lambda ev: ev.LabelsChanged({"a": "1"}, {"b": "2"}, ["c"], NOW),
        {"added": {"a": "1"}, "modified": {"b": "2"}, "removed": ["c"]},
    ),
    "connectionStatus": (
        lambda ev: ev.ConnectionStatus("ETHERNET", ["ETHERNET", "CELLULAR"], NOW),
        {"connection": "ETHERNET", "available": ["ETHERNET", "CELLULAR"]},
    ),
    "ethernetStatus": (
        lambda ev: ev.EthernetStatus(mac_address="f0", ip_address="10.0.0.1", timestamp=NOW),
        {"macAddress": "f0", "ipAddress": "10.0.0.1"},
    ),
    "cellularStatus": (lambda ev: ev.CellularStatus(87, NOW), {"signalStrength": 87}),
    "co2": (lambda ev: ev.Co2(2000, NOW), {"ppm": 2000}),
    "pressure": (lambda ev: ev.Pressure(899, NOW), {"pascal": 899}),
    "motion": (
        lambda ev: ev.Motion("NO_MOTION_DETECTED", NOW),
        {"state": "NO_MOTION_DETECTED"},
    ),
    "deskOccupancy": (
        lambda ev: ev.DeskOccupancy("OCCUPIED", NOW, ["INCOMPLETE_DATA"]),
        {"state": "OCCUPIED", "remarks": ["INCOMPLETE_DATA"]},
    ),
    "contact": (lambda ev: ev.Contact("CLOSED", NOW), {"state": "CLOSED"}),
    "probeWireStatus": (lambda ev: ev.ProbeWireStatus("FOUR_WIRE", NOW), {"state": "FOUR_WIRE"}),
}


def _event(event_type: str) -> dict[str, Any]:
    content = {**DATA[event_type][0], "updateTime": TIME}
    return {
        "eventId": "c18tihhh9sn7fi2hur50",
        "targetName": DEVICE["name"],
        "eventType": event_type,
        "data": content if event_type == "labelsChanged" else {event_type: content},
        "timestamp": TIME,
    }


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_is_published(name: str, dt: Any, server: ScriptedServer) -> None:
    """An event's data is sent under its type as its `raw` says; the datetime is its timestamp."""
    make, content = MADE[name]
    event_type = name.partition(",")[0]
    data = make(dt.events)
    server.say(Say(body={}))

    assert dt.Emulator.publish_event("d", PROJECT, data) is None

    (asked,) = server.calls
    assert (
        f"{asked.method} {asked.path}" == f"POST /emulator/v2/projects/{PROJECT}/devices/d:publish"
    )
    assert asked.json == {event_type: {**content, "updateTime": TIME}}
    assert data.raw == data._raw == asked.json[event_type]
    assert (data.event_type, data.timestamp) == (event_type, NOW)


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01T00:00:00Z"),
        (datetime(1970, 1, 1, tzinfo=timezone(timedelta(0))), "1970-01-01T00:00:00Z"),
        (datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=2))), "1970-01-01T00:00:00+02:00"),
        (datetime(1970, 1, 1), "1970-01-01T00:00:00Z"),  # noqa: DTZ001 - users give such
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("1970-01-01T00:00:00+02:00", "1970-01-01T00:00:00+02:00"),
    ],
)
def test_times(given: Any, sent: str, dt: Any, server: ScriptedServer) -> None:
    """Times go out the same way, from histories and from events."""
    server.say(Say(body={"events": [], "nextPageToken": ""}), Say(body={}))

    dt.EventHistory.list_events("d", PROJECT, start_time=given)
    dt.Emulator.publish_event("d", PROJECT, dt.events.Touch(given))

    assert server.calls[0].query == (("startTime", sent),)
    assert server.calls[1].json == {"touch": {"updateTime": sent}}


def test_the_apis_keys(dt: Any, server: ScriptedServer) -> None:
    """What the SDK writes under keys of its own is published under the API's."""
    ev = dt.events
    network = ev.NetworkStatus(cloud_connectors=[ev.NetworkStatusCloudConnector("c", 45, -83)])
    humidity = ev.Humidity(20, 40, samples=[ev.HumiditySample(20, 40, TIME)])
    server.say(Say(body={}), Say(body={}))

    dt.Emulator.publish_event("d", PROJECT, network)
    dt.Emulator.publish_event("d", PROJECT, humidity)

    keys = [sorted(asked.json.popitem()[1]) for asked in server.calls]
    assert keys == differs(
        dt,
        "event keys",
        sdk=[["cloud_connectors"], ["relativeHumidity", "temperature"]],
        ours=[["cloudConnectors"], ["relativeHumidity", "samples", "temperature"]],
    )


def test_samples_are_not_published(dt: Any, server: ScriptedServer) -> None:
    """They are no event's data."""
    kind = differs(dt, "samples", sdk=AttributeError, ours=dt.errors.DTApiError)

    with pytest.raises(kind):
        dt.Emulator.publish_event("d", PROJECT, dt.events.TemperatureSample(20, TIME))
    assert server.calls == []


@pytest.mark.parametrize("event_type", DATA)
def test_events_are_read_and_shown(event_type: str, dt: Any) -> None:
    """An event has its ids, the class of its type, its raw JSON, and prints line by line."""
    raw = _event(event_type)
    (event,) = dt.events.Event.from_mixed_list([raw])

    assert (event.event_id, event.event_type) == (raw["eventId"], event_type)
    assert (event.device_id, event.project_id) == (raw["targetName"].split("/")[-1], PROJECT)
    assert type(event.data).__name__ == event_type[0].upper() + event_type[1:]
    assert event.data.timestamp == NOW
    assert event.raw == event._raw == raw
    assert isinstance(event, dt.outputs.OutputBase)
    assert isinstance(event.data, dt.outputs.OutputBase)
    assert str(event).splitlines()[0] == "Event("
    assert any(f"event_type: str = {event_type}" in line for line in str(event).splitlines())
    assert str(event.data).splitlines()[0] == f"{type(event.data).__name__}("
    assert any(
        line.startswith("    timestamp: datetime = ") for line in str(event.data).split("\n")
    )
    data = type(event.data).from_event_type(raw["data"], event_type)
    assert type(data) is type(event.data)


def test_an_unknown_event_type(dt: Any) -> None:
    """It has no data, and keeps its raw JSON."""
    raw = {**_event("touch"), "eventType": "novel", "data": {"novel": {"a": 1}}}
    event = dt.events.Event(raw)

    assert (event.data, event.raw) == (None, raw)


def test_print_lists_attributes(dt: Any) -> None:
    """`print` shows every attribute on a line of its own, with its type, but not raw."""
    things = {
        "Device": dt.Device({**DEVICE, "reported": REPORTED}),
        "Project": dt.Project(PROJECT_JSON),
    }
    for name, thing in things.items():
        lines = [line.strip().rstrip(",") for line in str(thing).splitlines()]
        assert lines[0] == f"{name}("
        assert f"project_id: str = {PROJECT}" in lines
        assert not [line for line in lines if line.startswith(("raw", "_raw"))]


def test_repr(dt: Any) -> None:
    """The SDK's can be evaluated, and shows secrets; dcsync's shows what it is."""
    auth = dt.Auth.service_account("key", "sesame", "e@example.com")

    assert ("sesame" in repr(auth)) == differs(dt, "repr", sdk=True, ours=False)


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_histories_as_frames(name: str, dt: Any) -> None:
    """A row an event, of temperatures a row a sample, the columns in snake_case."""
    package = pytest.importorskip(name, reason=f"{name} is not installed")
    touch, temperature = (dt.events.Event(_event(each)) for each in ("touch", "temperature"))
    history = dt.EventHistory([touch, touch, temperature])

    is_polars_2 = name == "polars" and not package.__version__.startswith(("0.", "1."))
    if differs(dt, "polars", sdk=is_polars_2, ours=False):
        with pytest.raises(package.exceptions.ComputeError):
            history.to_polars()
        return
    frame = getattr(history, f"to_{name}")()

    expected = {"device_id", "event_id", "event_type", "update_time", "value", "sample_time"}
    assert set(frame.columns) == expected
    assert len(frame) == 3


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_without_their_package(name: str, dt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a ModuleNotFoundError."""
    monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ModuleNotFoundError):
        getattr(dt.EventHistory([dt.events.Event(_event("touch"))]), f"to_{name}")()
