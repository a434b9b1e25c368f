"""What each method of both libraries sends, written out, and what it makes of the response.

The intent of the official SDK's own tests of Data Connectors, devices, projects, histories and
emulated devices, against a loopback server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cloud.samples import CONNECTOR, PROJECT, resource
from tests.cloud.server import Say, ScriptedServer
from tests.library.either import differs

from .test_comparison import DEVICE, METRICS, PROJECT_JSON, REPORTED

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

SENSOR = "b5rj9ed7rihk942p48og"
CONNECTORS = f"/v2/projects/{PROJECT}/dataconnectors"
DEVICES = f"/v2/projects/{PROJECT}/devices"
EMULATED = f"/emulator{DEVICES}"
TOUCH = {
    "eventId": "c18tihhh9sn7fi2hur50",
    "targetName": f"projects/{PROJECT}/devices/{SENSOR}",
    "eventType": "touch",
    "data": {"touch": {"updateTime": "2026-01-01T00:00:00Z"}},
    "timestamp": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Case:
    """A call, the one request that it makes, the response, and what is returned."""

    call: Any
    sent: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None
    responds: Mapping[str, Any] = field(default_factory=dict)
    returns: Any = None
    """The type of what is returned, of the items of a list, or None."""


def _page(key: str, *items: Any) -> dict[str, Any]:
    return {key: list(items), "nextPageToken": ""}


def _push(dt: Any, *arguments: Any) -> Any:
    return dt.DataConnector.HttpPushConfig(*arguments)


CASES = {
    "get connector": Case(
        lambda dt: dt.DataConnector.get_data_connector(
            data_connector_id=CONNECTOR, project_id=PROJECT
        ),
        f"GET {CONNECTORS}/{CONNECTOR}",
        responds=resource(),
        returns=lambda dt: dt.DataConnector,
    ),
    "list connectors": Case(
        lambda dt: dt.DataConnector.list_data_connectors(project_id=PROJECT),
        f"GET {CONNECTORS}",
        responds=_page("dataConnectors", resource(), resource(2)),
        returns=lambda dt: [dt.DataConnector] * 2,
    ),
    "create connector": Case(
        lambda dt: dt.DataConnector.create_data_connector(
            project_id=PROJECT,
            display_name="ingest",
            labels=["name", "room"],
            config=dt.DataConnector.HttpPushConfig(
                url="https://example.com", signature_secret="s", headers={"X-Env": "prod"}
            ),
        ),
        f"POST {CONNECTORS}",
        body={
            "status": "ACTIVE",
            "events": [],
            "labels": ["name", "room"],
            "displayName": "ingest",
            "type": "HTTP_PUSH",
            "httpConfig": {
                "url": "https://example.com",
                "signatureSecret": "s",
                "headers": {"X-Env": "prod"},
            },
        },
        responds=resource(),
        returns=lambda dt: dt.DataConnector,
    ),
    "create the least connector": Case(
        lambda dt: dt.DataConnector.create_data_connector(PROJECT, _push(dt, "some-url")),
        f"POST {CONNECTORS}",
        body={
            "status": "ACTIVE",
            "events": [],
            "labels": [],
            "type": "HTTP_PUSH",
            "httpConfig": {"url": "some-url"},
        },
        responds=resource(),
        returns=lambda dt: dt.DataConnector,
    ),
    "update nothing": Case(
        lambda dt: dt.DataConnector.update_data_connector(CONNECTOR, PROJECT),
        f"PATCH {CONNECTORS}/{CONNECTOR}",
        body={},
        responds=resource(),
        returns=lambda dt: dt.DataConnector,
    ),
    "update all": Case(
        lambda dt: dt.DataConnector.update_data_connector(
            data_connector_id=CONNECTOR,
            project_id=PROJECT,
            display_name="new",
            labels=["room"],
            status="USER_DISABLED",
            event_types=["touch"],
            config=_push(dt, "https://example.com", "", {}),
        ),
        f"PATCH {CONNECTORS}/{CONNECTOR}",
        body={
            "displayName": "new",
            "status": "USER_DISABLED",
            "events": ["touch"],
            "labels": ["room"],
            "httpConfig": {"url": "https://example.com", "signatureSecret": "", "headers": {}},
        },
        responds=resource(),
        returns=lambda dt: dt.DataConnector,
    ),
    "delete connector": Case(
        lambda dt: dt.DataConnector.delete_data_connector(CONNECTOR, PROJECT),
        f"DELETE {CONNECTORS}/{CONNECTOR}",
    ),
    "sync": Case(
        lambda dt: dt.DataConnector.sync_data_connector(CONNECTOR, PROJECT),
        f"POST {CONNECTORS}/{CONNECTOR}:sync",
    ),
    "metrics": Case(
        lambda dt: dt.DataConnector.get_metrics(CONNECTOR, PROJECT),
        f"GET {CONNECTORS}/{CONNECTOR}:metrics",
        responds=METRICS,
        returns=lambda dt: dt.outputs.OutputBase,
    ),
    "get device": Case(
        lambda dt: dt.Device.get_device(SENSOR, PROJECT),
        f"GET {DEVICES}/{SENSOR}",
        responds=DEVICE,
        returns=lambda dt: dt.Device,
    ),
    "get device of any project": Case(
        lambda dt: dt.Device.get_device(device_id=SENSOR),
        f"GET /v2/projects/-/devices/{SENSOR}",
        responds=DEVICE,
        returns=lambda dt: dt.Device,
    ),
    "list devices": Case(
        lambda dt: dt.Device.list_devices(
            project_id=PROJECT,
            query="fridge",
            device_ids=["a", "b"],
            device_types=["temperature"],
            label_filters={"room": "99"},
            order_by="reported.temperature.value",
        ),
        f"GET {DEVICES}",
        query=(
            ("device_ids", "a"),
            ("device_ids", "b"),
            ("device_types", "temperature"),
            ("label_filters", "room=99"),
            ("order_by", "reported.temperature.value"),
            ("query", "fridge"),
        ),
        responds=_page("devices", DEVICE),
        returns=lambda dt: [dt.Device],
    ),
    "labels": Case(
        lambda dt: dt.Device.batch_update_labels(
            device_ids=["a", "b"],
            project_id=PROJECT,
            set_labels={"k1": "v1", "k2": "v2"},
            remove_labels=["old"],
        ),
        f"POST {DEVICES}:batchUpdate",
        body={
            "devices": [f"projects/{PROJECT}/devices/a", f"projects/{PROJECT}/devices/b"],
            "addLabels": {"k1": "v1", "k2": "v2"},
            "removeLabels": ["old"],
        },
        responds={
            "batchErrors": [
                {
                    "device": f"projects/{PROJECT}/devices/b",
                    "status": {"code": "INVALID_ARGUMENT", "message": "too many labels"},
                }
            ]
        },
        returns=lambda dt: [dt.errors.LabelUpdateError],
    ),
    "set label": Case(
        lambda dt: dt.Device.set_label(SENSOR, PROJECT, key="nb", value="99"),
        f"POST {DEVICES}:batchUpdate",
        body={"devices": [f"projects/{PROJECT}/devices/{SENSOR}"], "addLabels": {"nb": "99"}},
        responds={"batchErrors": []},
        returns=lambda _: [],
    ),
    "remove label": Case(
        lambda dt: dt.Device.remove_label(SENSOR, PROJECT, key="nb"),
        f"POST {DEVICES}:batchUpdate",
        body={"devices": [f"projects/{PROJECT}/devices/{SENSOR}"], "removeLabels": ["nb"]},
        responds={"batchErrors": []},
        returns=lambda _: [],
    ),
    "transfer": Case(
        lambda dt: dt.Device.transfer_devices(
            device_ids=["a", "bad"], source_project_id="c0md3mm0c7pet3vico8g", target_project_id="t"
        ),
        "POST /v2/projects/t/devices:transfer",
        body={
            "devices": [
                "projects/c0md3mm0c7pet3vico8g/devices/a",
                "projects/c0md3mm0c7pet3vico8g/devices/bad",
            ]
        },
        responds={
            "transferredDevices": ["projects/t/devices/a"],
            "transferErrors": [
                {
                    "device": "projects/c0md3mm0c7pet3vico8g/devices/bad",
                    "status": {"code": "NOT_FOUND", "message": "not found"},
                }
            ],
        },
        returns=lambda dt: [dt.errors.TransferDeviceError],
    ),
    "get project": Case(
        lambda dt: dt.Project.get_project(project_id=PROJECT),
        f"GET /v2/projects/{PROJECT}",
        responds=PROJECT_JSON,
        returns=lambda dt: dt.Project,
    ),
    "list projects": Case(
        lambda dt: dt.Project.list_projects(organization_id="o", query="store"),
        "GET /v2/projects",
        query=(("organization", "organizations/o"), ("query", "store")),
        responds=_page("projects", PROJECT_JSON),
        returns=lambda dt: [dt.Project],
    ),
    "create project": Case(
        lambda dt: dt.Project.create_project("o", "Plant A"),
        "POST /v2/projects",
        body={"organization": "organizations/o", "displayName": "Plant A"},
        responds=PROJECT_JSON,
        returns=lambda dt: dt.Project,
    ),
    "update project": Case(
        lambda dt: dt.Project.update_project(PROJECT, "Plant B"),
        f"PATCH /v2/projects/{PROJECT}",
        body={"displayName": "Plant B"},
        responds=PROJECT_JSON,
    ),
    "delete project": Case(
        lambda dt: dt.Project.delete_project(PROJECT), f"DELETE /v2/projects/{PROJECT}"
    ),
    "permissions": Case(
        lambda dt: dt.Project.list_permissions(project_id=PROJECT),
        f"GET /v2/projects/{PROJECT}/permissions",
        responds=_page("permissions", "device.read", "project.read"),
        returns=lambda _: [str, str],
    ),
    "history": Case(
        lambda dt: dt.EventHistory.list_events(
            device_id=SENSOR,
            project_id=PROJECT,
            event_types=["temperature", "touch"],
            start_time="2026-01-01T00:00:00.123456789Z",
            end_time="2026-01-02T00:00:00+02:00",
        ),
        f"GET {DEVICES}/{SENSOR}/events",
        query=(
            ("endTime", "2026-01-02T00:00:00+02:00"),
            ("eventTypes", "temperature"),
            ("eventTypes", "touch"),
            ("startTime", "2026-01-01T00:00:00.123456789Z"),
        ),
        responds=_page("events", TOUCH, TOUCH),
        returns=lambda dt: [dt.events.Event] * 2,
    ),
    "create emulated device": Case(
        lambda dt: dt.Emulator.create_device(
            project_id=PROJECT, device_type="temperature", display_name="new", labels={"k": "v"}
        ),
        f"POST {EMULATED}",
        body={"type": "temperature", "labels": {"k": "v", "name": "new"}},
        responds=DEVICE,
        returns=lambda dt: dt.Device,
    ),
    "delete emulated device": Case(
        lambda dt: dt.Emulator.delete_device(device_id=SENSOR, project_id=PROJECT),
        f"DELETE {EMULATED}/{SENSOR}",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_sends_one_request_and_returns_its_type(name: str, dt: Any, server: ScriptedServer) -> None:
    """Method, path, query and body of the one request, and the type of what is returned."""
    case = CASES[name]
    server.say(Say(body=dict(case.responds)))

    returned = case.call(dt)

    (asked,) = server.calls
    expected = case.returns(dt) if case.returns else None
    assert f"{asked.method} {asked.path}" == case.sent
    assert tuple(sorted(asked.query)) == case.query
    assert asked.json == case.body
    if expected is None:
        assert returned is None
    elif isinstance(expected, list):
        assert isinstance(returned, list)
        assert len(returned) == len(expected)
        assert all(map(isinstance, returned, expected))
    else:
        assert isinstance(returned, expected)
        assert returned.raw == returned._raw == case.responds


def test_batch_errors_name_the_device(dt: Any, server: ScriptedServer) -> None:
    """What was not done is returned, not raised, and says of which device and why."""
    for name, code in (("labels", "INVALID_ARGUMENT"), ("transfer", "NOT_FOUND")):
        server.say(Say(body=dict(CASES[name].responds)))
        (error,) = CASES[name].call(dt)
        assert (error.device_id in {"b", "bad"}, error.status_code) == (True, code)
        assert error.message
        assert not isinstance(error, Exception)


def test_a_type_without_config(dt: Any, server: ScriptedServer) -> None:
    """A connector of a type that nobody knows has config None; those of other types are read."""
    pubsub = {"topic": "projects/p/topics/t", "audience": "a"}
    server.say(
        Say(body=resource(type="unknown")),
        Say(body=resource(type="GOOGLE_CLOUD_PUBSUB", pubsubConfig=pubsub)),
    )

    unknown, google = (dt.DataConnector.get_data_connector(CONNECTOR, PROJECT) for _ in range(2))

    assert (unknown.data_connector_type, unknown.config) == ("unknown", None)
    topic = getattr(google.config, "topic", None)
    assert topic == differs(dt, "missing fields", sdk=None, ours="projects/p/topics/t")


def test_a_missing_field(dt: Any, server: ScriptedServer) -> None:
    """A field that the API leaves out is empty, where the SDK fails."""
    bare = {"name": f"projects/{PROJECT}/devices/{SENSOR}", "type": "touch"}
    server.say(Say(body=bare))
    expected = differs(dt, "missing fields", sdk=KeyError, ours=None)

    if expected:
        with pytest.raises(expected):
            dt.Device.get_device(SENSOR)
    else:
        assert dt.Device.get_device(SENSOR).labels == {}


def test_reported_data(dt: Any, server: ScriptedServer) -> None:
    """The latest data of each type; None for a null or absent one; unknown types are left out."""
    server.say(
        Say(body={**DEVICE, "reported": REPORTED}),
        Say(body={**DEVICE, "reported": {**dict.fromkeys(REPORTED), "novel": {"a": 1}}}),
    )
    full, empty = (dt.Device.get_device(SENSOR) for _ in range(2))

    names = [name for name in dir(full.reported) if not name.startswith("_") and name != "raw"]
    kinds = {name: type(getattr(full.reported, name)).__name__ for name in names}
    assert (kinds["touch"], kinds["network_status"]) == ("Touch", "NetworkStatus")
    for name in ("touch", "temperature", "network_status", "probe_wire_status"):
        assert getattr(empty.reported, name) is None
    assert not hasattr(empty.reported, "novel")


def test_lists_go_on_to_the_last_page(dt: Any, server: ScriptedServer) -> None:
    """The filters go with every page token, and nothing is asked after the last page."""
    server.say(*(Say(body={"events": [TOUCH], "nextPageToken": token}) for token in ("b", "c", "")))

    found = dt.EventHistory.list_events(SENSOR, PROJECT, event_types=["touch"])

    assert len(found) == 3
    queries = [dict(asked.query) for asked in server.calls]
    assert [query.get("pageToken") for query in queries] == [None, "b", "c"]
    assert all(query["eventTypes"] == "touch" for query in queries)


def test_the_listing_after_one_of_several_pages(dt: Any, server: ScriptedServer) -> None:
    """It starts at its first page, where the SDK goes on with the last token."""
    server.say(
        Say(body={"dataConnectors": [resource()], "nextPageToken": "b"}),
        Say(body=_page("dataConnectors")),
        Say(body=_page("dataConnectors")),
    )
    for _ in range(2):
        dt.DataConnector.list_data_connectors(PROJECT)

    last = dict(server.calls[-1].query).get("pageToken")
    assert last == differs(dt, "pages", sdk="b", ours=None)


def test_label_filters_of_any_value(dt: Any, server: ScriptedServer) -> None:
    """None stands for any value of a label."""
    server.say(Say(body=_page("devices")))

    if differs(dt, "label_filters", sdk=True, ours=False):
        with pytest.raises(TypeError):
            dt.Device.list_devices(PROJECT, label_filters={"room": None})
    else:
        dt.Device.list_devices(PROJECT, label_filters={"room": None})
        assert server.calls[0].query == (("label_filters", "room="),)


def test_wildcard_projects(dt: Any) -> None:
    """Project `-` needs an organization; organizations with a project are warned of."""
    with pytest.raises(ValueError, match="organization_id"):
        dt.Device.list_devices("-")
    with pytest.warns(UserWarning, match="organization_id"), pytest.raises(dt.errors.NotFound):
        dt.Device.list_devices(PROJECT, organization_id="o")


def test_an_update_without_the_connector(dt: Any, server: ScriptedServer) -> None:
    """A success that does not hold the connector is read back, where the SDK fails."""
    server.say(Say(204), Say(body=resource()))

    def update() -> Any:
        return dt.DataConnector.update_data_connector(CONNECTOR, PROJECT, status="ACTIVE")

    if differs(dt, "empty bodies", sdk=True, ours=False):
        with pytest.raises(ValueError, match="Expecting value"):
            update()
    else:
        assert update().data_connector_id == CONNECTOR


def test_an_update_of_another_connector(dt: Any, server: ScriptedServer) -> None:
    """A response with another connector's name is not taken for the one that was updated."""
    server.say(Say(body=resource(2)), Say(body=resource()))

    updated = dt.DataConnector.update_data_connector(CONNECTOR, PROJECT, status="ACTIVE")

    is_right = differs(dt, "another", sdk=False, ours=True)
    assert (updated.data_connector_id == CONNECTOR) == is_right


def test_what_is_new_is_logged(
    dt: Any, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A warning names each type of connector, report or event that the library does not know."""
    novel = {"targetName": DEVICE["name"], "data": {"novel-event": {}}, "timestamp": "x"}
    server.say(
        Say(body=resource(type="NOVEL_CONNECTOR")),
        Say(body={**DEVICE, "reported": {"novel-report": {"a": 1}, "touch": None}}),
    )
    dt.log_level = dt.logging.WARNING
    dt.DataConnector.get_data_connector(CONNECTOR, PROJECT)
    assert dt.Device.get_device(SENSOR).reported
    event = dt.events.Event({**novel, "eventId": "1", "eventType": "novel-event"})
    assert event.data is None

    lines = capsys.readouterr().out.splitlines()
    names = ("NOVEL_CONNECTOR", "novel-report", "novel-event")
    assert len(lines) == len(names)
    assert all("WARNING" in line and name in line for line, name in zip(lines, names, strict=True))


def test_connections(dt: Any, server: ScriptedServer) -> None:
    """Calls in a row share a connection; the SDK makes one for each."""
    server.otherwise = Say(body=DEVICE)
    for _ in range(3):
        dt.Device.get_device(SENSOR)

    assert server.connections == differs(dt, "connections", sdk=4, ours=1)


def test_unknown_keywords(dt: Any, server: ScriptedServer) -> None:
    """A misspelt keyword is refused; the SDK takes it for nothing."""
    server.say(Say(body=DEVICE))

    if differs(dt, "keywords", sdk=False, ours=True):
        with pytest.raises(TypeError, match="Display_name"):
            dt.Device.get_device(SENSOR, Display_name="x")
    else:
        dt.Device.get_device(SENSOR, Display_name="x")
