"""dcsync sends what the official SDK sends: both run against the same recording server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from inspect import isclass
from types import ModuleType
from typing import Any

import disruptive
import jwt
import pytest

import dcsync
from tests.cloud.samples import CONNECTOR, PROJECT, page, resource
from tests.cloud.server import Asked, Say, ScriptedServer
from tests.cloud.test_event_stream import event, line
from tests.library.either import pointed_at

DEVICE = "b5rj9ed7rihk942p48og"
TIME = "2026-11-20T08:15:43.512330Z"

# The SDK leaves its connections to the garbage collector, which pytest would report.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

Call = Callable[[Any], Any]

CALLS: dict[str, Call] = {
    "get": lambda dt: dt.DataConnector.get_data_connector(CONNECTOR, PROJECT),
    "list": lambda dt: dt.DataConnector.list_data_connectors(PROJECT),
    "create, least": lambda dt: dt.DataConnector.create_data_connector(
        PROJECT, dt.DataConnector.HttpPushConfig(url="https://example.com")
    ),
    "create, all": lambda dt: dt.DataConnector.create_data_connector(
        project_id=PROJECT,
        config=dt.DataConnector.HttpPushConfig(
            url="https://example.com", signature_secret="s", headers={"X-a_B": "c"}
        ),
        display_name="näme",
        status="USER_DISABLED",
        event_types=[dt.events.TOUCH, dt.events.TEMPERATURE],
        labels=["room-number"],
    ),
    "update, nothing": lambda dt: dt.DataConnector.update_data_connector(CONNECTOR, PROJECT),
    "update, one": lambda dt: dt.DataConnector.update_data_connector(
        CONNECTOR, PROJECT, display_name=""
    ),
    "update, part of the config": lambda dt: dt.DataConnector.update_data_connector(
        CONNECTOR, PROJECT, config=dt.DataConnector.HttpPushConfig(signature_secret="")
    ),
    "update, all": lambda dt: dt.DataConnector.update_data_connector(
        CONNECTOR,
        PROJECT,
        config=dt.DataConnector.HttpPushConfig("https://example.com/", "s", {}),
        display_name="new",
        status="ACTIVE",
        event_types=[],
        labels=[],
    ),
    "delete": lambda dt: dt.DataConnector.delete_data_connector(CONNECTOR, PROJECT),
    "sync": lambda dt: dt.DataConnector.sync_data_connector(CONNECTOR, PROJECT),
    "metrics": lambda dt: dt.DataConnector.get_metrics(CONNECTOR, PROJECT),
    "stream, plain": lambda dt: next(dt.Stream.event_stream(PROJECT)),
    "stream, filtered": lambda dt: next(
        dt.Stream.event_stream(
            PROJECT,
            device_ids=["d1", "d2"],
            label_filters={"room-number": "99", "group": None, "empty": "", "a=b": "c&d é"},
            device_types=[dt.Device.TEMPERATURE, dt.Device.TOUCH],
            event_types=[dt.events.TOUCH],
        )
    ),
    "device": lambda dt: dt.Device.get_device(DEVICE, PROJECT),
    "device of any project": lambda dt: dt.Device.get_device(DEVICE),
    "devices": lambda dt: dt.Device.list_devices(PROJECT),
    "devices, filtered": lambda dt: dt.Device.list_devices(
        PROJECT,
        query="fridge 2",
        device_ids=["d1", "d2"],
        device_types=["touch"],
        label_filters={"room": "99", "name": ""},
        order_by="-reported.temperature.value",
    ),
    "devices of an organization": lambda dt: dt.Device.list_devices(
        "-", organization_id="c0a1", project_ids=["p1", "p2"]
    ),
    "set label": lambda dt: dt.Device.set_label(DEVICE, PROJECT, key="nb", value="99"),
    "remove label": lambda dt: dt.Device.remove_label(DEVICE, PROJECT, "nb"),
    "labels of several": lambda dt: dt.Device.batch_update_labels(
        ["d1", "d2"], PROJECT, set_labels={"a": "1", "b": ""}, remove_labels=["c"]
    ),
    "labels, none": lambda dt: dt.Device.batch_update_labels([], PROJECT),
    "transfer": lambda dt: dt.Device.transfer_devices(["d1", "d2"], PROJECT, "c0a1"),
    "create project": lambda dt: dt.Project.create_project("c0a1", "Plant A"),
    "update project": lambda dt: dt.Project.update_project(PROJECT, "Plant B"),
    "update project, nothing": lambda dt: dt.Project.update_project(PROJECT),
    "delete project": lambda dt: dt.Project.delete_project(PROJECT),
    "permissions": lambda dt: dt.Project.list_permissions(PROJECT),
    "project": lambda dt: dt.Project.get_project(PROJECT),
    "projects": lambda dt: dt.Project.list_projects(),
    "projects, filtered": lambda dt: dt.Project.list_projects("c0a1", "store"),
    "history": lambda dt: dt.EventHistory.list_events(DEVICE, PROJECT),
    "history, filtered": lambda dt: dt.EventHistory.list_events(
        DEVICE,
        PROJECT,
        event_types=["touch", "co2"],
        start_time=TIME,
        end_time=datetime(2026, 11, 20, 9, tzinfo=UTC),
    ),
    "history, naive time": lambda dt: dt.EventHistory.list_events(
        DEVICE,
        PROJECT,
        start_time=datetime(2026, 11, 20, 9),  # noqa: DTZ001 - users give such
    ),
    "create device": lambda dt: dt.Emulator.create_device(PROJECT, "touch"),
    "create named device": lambda dt: dt.Emulator.create_device(
        PROJECT, dt.Device.HUMIDITY, display_name="new", labels={"room-number": "99"}
    ),
    "delete device": lambda dt: dt.Emulator.delete_device(DEVICE, PROJECT),
}

PUBLISHED: dict[str, Call] = {
    "touch": lambda ev: ev.Touch(),
    "touch in time": lambda ev: ev.Touch(timestamp=TIME),
    "touch at a datetime": lambda ev: ev.Touch(datetime(2026, 11, 20, 9, tzinfo=UTC)),
    "temperature": lambda ev: ev.Temperature(21),
    "temperature samples": lambda ev: ev.Temperature(
        celsius=21.5,
        samples=[ev.TemperatureSample(21.5, TIME)],
        is_backfilled=False,
        timestamp=TIME,
    ),
    "objectPresent": lambda ev: ev.ObjectPresent(ev.ObjectPresent.STATE_NOT_PRESENT),
    "humidity": lambda ev: ev.Humidity(celsius=22, relative_humidity=17, timestamp=TIME),
    "objectPresentCount": lambda ev: ev.ObjectPresentCount(4176),
    "touchCount": lambda ev: ev.TouchCount(total=469),
    "waterPresent": lambda ev: ev.WaterPresent("PRESENT", TIME),
    "networkStatus": lambda ev: ev.NetworkStatus(45, -83, "LOW_POWER_STANDARD_MODE", None, TIME),
    "batteryStatus": lambda ev: ev.BatteryStatus(100),
    "connectionStatus": lambda ev: ev.ConnectionStatus("OFFLINE", []),
    "ethernetStatus": lambda ev: ev.EthernetStatus("f0:00", "10.0.0.1", TIME),
    "cellularStatus": lambda ev: ev.CellularStatus(signal_strength=80),
    "co2": lambda ev: ev.Co2(526),
    "pressure": lambda ev: ev.Pressure(99301.5),
    "motion": lambda ev: ev.Motion("MOTION_DETECTED"),
    "deskOccupancy": lambda ev: ev.DeskOccupancy("OCCUPIED", remarks=["x"]),
    "contact": lambda ev: ev.Contact("OPEN", TIME),
    "probeWireStatus": lambda ev: ev.ProbeWireStatus("TWO_WIRE"),
    "labelsChanged": lambda ev: ev.LabelsChanged({"a": "1"}, {"b": "2"}, ["c"], TIME),
    "labelsChanged of no time": lambda ev: ev.LabelsChanged({}, {}, []),
}


def _answer(asked: Asked) -> Say:
    """What the real API would say, so that the SDK is content."""
    device = {"name": f"projects/{PROJECT}/devices/{DEVICE}", "type": "touch", "labels": {}}
    project = {
        "name": f"projects/{PROJECT}",
        "displayName": "",
        "organization": "organizations/c0a1",
        "organizationDisplayName": "",
        "sensorCount": 0,
        "cloudConnectorCount": 0,
        "inventory": False,
    }
    metrics = {"metrics": {"successCount": 1, "errorCount": 0, "latency99p": "0.4s"}}
    by_end = {
        ":stream": Say(body=iter([line(event(1))])),
        ":metrics": Say(body=metrics),
        ":sync": Say(body={}),
        ":publish": Say(body={}),
        ":batchUpdate": Say(body={"batchErrors": []}),
        ":transfer": Say(body={"transferredDevices": [], "transferErrors": []}),
        "/permissions": Say(body={"permissions": ["device.read"], "nextPageToken": ""}),
        "/projects": Say(
            body=project if asked.method == "POST" else {"projects": [project], "nextPageToken": ""}
        ),
        f"/{PROJECT}": Say(body=project),
        f"/{DEVICE}": Say(body={} if asked.method == "DELETE" else device),
        "/events": Say(body={"events": [event(1)], "nextPageToken": ""}),
        "/devices": Say(
            body=device if asked.method == "POST" else {"devices": [device], "nextPageToken": ""}
        ),
        "/dataconnectors": Say(
            body=resource() if asked.method == "POST" else page(resource(), token="")
        ),
        f"/{CONNECTOR}": Say(body={} if asked.method == "DELETE" else resource()),
    }
    return next(say for end, say in by_end.items() if asked.path.endswith(end))


@pytest.fixture(params=["disruptive", "dcsync"])
def either(
    request: pytest.FixtureRequest, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    """Each of the two libraries in turn, pointed at the server."""
    server.otherwise = _answer
    return pointed_at(request.param, server, monkeypatch)


@pytest.fixture
def on_the_wire(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, Call], list[Any]]:
    """What a library sends for a call: method, path, query and JSON body of each request."""

    def record(name: str, call: Call) -> list[Any]:
        server.otherwise = _answer
        library = pointed_at(name, server, monkeypatch)
        server.asked.clear()
        call(library)
        return [(a.method, a.path, sorted(a.query), a.json) for a in server.calls]

    return record


@pytest.mark.parametrize("name", CALLS)
def test_sends_what_the_sdk_sends(name: str, on_the_wire: Callable[[str, Call], list[Any]]) -> None:
    """Every method sends the same requests as the official SDK's method of that name."""
    sent = on_the_wire("dcsync", CALLS[name])

    assert len(sent) == 1
    assert sent == on_the_wire("disruptive", CALLS[name])


@pytest.mark.parametrize("name", PUBLISHED)
def test_publishes_what_the_sdk_publishes(
    name: str, on_the_wire: Callable[[str, Call], list[Any]]
) -> None:
    """Every event that can be published is sent as the official SDK sends it."""

    def publish(dt: Any) -> None:
        dt.Emulator.publish_event(DEVICE, PROJECT, PUBLISHED[name](dt.events))

    sent = on_the_wire("dcsync", publish)

    assert len(sent) == 1
    assert sent == on_the_wire("disruptive", publish)


def test_asks_for_tokens_like_the_sdk(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token request has the same form, and a JWT of the same header and claims."""
    forms = []
    for name in ("dcsync", "disruptive"):
        server.otherwise = _answer
        library = pointed_at(name, server, monkeypatch)
        server.asked.clear()
        library.Project.get_project(PROJECT)
        (asked,) = server.tokens
        form = dict(pair.split("=") for pair in asked.body.decode().split("&"))
        assertion = form.pop("assertion")
        claims = jwt.decode(assertion, options={"verify_signature": False})
        lifetime = claims.pop("exp") - claims.pop("iat")
        forms.append((form, jwt.get_unverified_header(assertion), claims, lifetime))
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"

    assert forms[0] == forms[1]


def test_reads_what_the_sdk_reads(either: Any) -> None:
    """The attributes that the pages name have the same values in both libraries."""
    dcon = either.DataConnector.get_data_connector(CONNECTOR, PROJECT)
    metrics = either.DataConnector.get_metrics(CONNECTOR, PROJECT)
    device = either.Device.get_device(DEVICE)
    project = either.Project.get_project(PROJECT)
    (found,) = either.EventHistory.list_events(DEVICE, PROJECT)

    assert (dcon.data_connector_id, dcon.project_id) == (CONNECTOR, PROJECT)
    assert (dcon.display_name, dcon.data_connector_type) == ("prod", "HTTP_PUSH")
    assert (dcon.status, dcon.event_types) == ("ACTIVE", ["temperature", "touch"])
    assert dcon.labels == ["name"]
    assert dcon.config.url == "https://example.com/dt"
    assert dcon.config.signature_secret == "correct-horse-battery"
    assert dcon.config.headers == {"Authorization": "Bearer staple-of-the-matter"}
    assert dcon.raw == resource()
    assert (metrics.success_count, metrics.error_count, metrics.latency) == (1, 0, "0.4s")
    assert (device.device_id, device.project_id, device.device_type) == (DEVICE, PROJECT, "touch")
    assert (device.display_name, device.is_emulated, device.reported) == (None, False, None)
    assert (project.project_id, project.organization_id) == (PROJECT, "c0a1")
    assert (found.event_type, found.device_id, found.project_id) == ("touch", DEVICE, PROJECT)
    assert found.data.timestamp == datetime(2026, 11, 20, 8, 15, 43, 512330, tzinfo=UTC)
    assert found.data.raw == event(1)["data"]["touch"]


@pytest.mark.parametrize("name", [name for name in dir(disruptive.events) if name.isupper()])
def test_has_the_sdks_event_constants(name: str) -> None:
    """Every constant of the SDK's events module has the same value here."""
    assert getattr(dcsync.events, name) == getattr(disruptive.events, name)


@pytest.mark.parametrize("name", [name for name in dir(disruptive.Device) if name.isupper()])
def test_has_the_sdks_device_constants(name: str) -> None:
    """Every constant of the SDK's Device has the same value here."""
    assert getattr(dcsync.Device, name) == getattr(disruptive.Device, name)


EVENT_CLASSES = [name for name, kind in vars(disruptive.events).items() if isclass(kind)]


@pytest.mark.parametrize("name", EVENT_CLASSES)
def test_has_the_sdks_event_classes(name: str) -> None:
    """Every class of the SDK's events module is here, with its states."""
    theirs, ours = getattr(disruptive.events, name), getattr(dcsync.events, name)
    states = {key: value for key, value in vars(theirs).items() if key.isupper()}

    assert states == {key: getattr(ours, key) for key in states}
