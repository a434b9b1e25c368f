"""Projects, organizations, devices, labels, moves, and events past."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api

OSLO = "c16pegipidie7lltrefg"
DEVICES = f"/projects/{PROJECT}/devices"


@pytest.fixture(autouse=True)
def fridge(cloud: emulator.Emulator, project: str) -> str:
    """A temperature device among others, in two projects."""
    cloud.add_project("Store Oslo", OSLO)
    cloud.add_device(OSLO, "humidity", {"name": "Shelf"})
    cloud.add_device(project, "ccon", {"name": "Gateway"})
    cloud.add_device(project, "touch", {"name": "Bell", "room": "1"}, product_number="100023")
    return cloud.add_device(project, "temperature", {"name": "Fridge 2", "room": "99"})


def listed(api: Api, path: str = DEVICES, **query: Any) -> list[str]:
    return [device["labels"]["name"] for device in api.get(path, **query)["devices"]]


def test_project_resource(api: Api) -> None:
    """A project counts its sensors and gateways and names its organization."""
    project = api.get(f"/projects/{PROJECT}")

    assert project["displayName"] == "Head office"
    assert (project["sensorCount"], project["cloudConnectorCount"]) == (2, 1)
    assert project["organizationDisplayName"] == "Emulated organization"
    assert (project["inventory"], project["labels"]) == (False, {})


def test_project_life(api: Api) -> None:
    """A project is created, renamed, labelled and, once empty, deleted."""
    organization = api.get("/organizations")["organizations"][0]["name"]
    made = api.post("/projects", {"organization": organization, "displayName": "New"})
    path = f"/{made['name']}"
    body = {"projects": [made["name"]], "addLabels": {"a": "1", "b": "2"}, "removeLabels": ["b"]}

    renamed = api.call("PATCH", path, {"displayName": "Newer"}).json()
    labelled = api.post("/projects:batchUpdate", body)
    after = api.get(path)

    assert renamed["displayName"] == "Newer"
    assert labelled == {"batchErrors": []}
    assert after["labels"] == {"a": "1"}
    assert api.call("DELETE", path).json() == {}
    assert api.call("GET", path).status_code == 404


def test_full_project_is_not_deleted(api: Api) -> None:
    """A project with devices or connectors stays."""
    assert api.call("DELETE", f"/projects/{PROJECT}").status_code == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [({}, ["Head office", "Store Oslo"]), ({"query": "oslo"}, ["Store Oslo"])],
)
def test_projects_can_be_searched(api: Api, query: dict[str, str], expected: list[str]) -> None:
    """The listing takes keywords of the display name."""
    found = api.get("/projects", **query)["projects"]

    assert [project["displayName"] for project in found] == expected


def test_projects_of_an_organization(cloud: emulator.Emulator, api: Api) -> None:
    """The listing can be narrowed to an organization."""
    other = cloud.add_organization("Another")
    cloud.add_project("Elsewhere", organization_id=other)

    found = api.get("/projects", organization=f"organizations/{other}")["projects"]

    assert [project["displayName"] for project in found] == ["Elsewhere"]
    assert api.get(f"/organizations/{other}")["displayName"] == "Another"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Gateway", "Bell", "Fridge 2"]),
        ({"device_types": "touch"}, ["Bell"]),
        ({"device_types": ["touch", "ccon"]}, ["Gateway", "Bell"]),
        ({"deviceTypes": "touch"}, ["Bell"]),
        ({"product_numbers": "100023"}, ["Bell"]),
        ({"query": "FRIDGE"}, ["Fridge 2"]),
        ({"query": "fridge temperature 99"}, ["Fridge 2"]),
        ({"query": "fridge touch"}, []),
        ({"label_filters": "room"}, ["Bell", "Fridge 2"]),
        ({"label_filters": "room="}, ["Bell", "Fridge 2"]),
        ({"label_filters": "room=99"}, ["Fridge 2"]),
        ({"label_filters": ["room=99", "name=Bell"]}, []),
        ({"label_filters": ["room=99", "name=Fridge 2"]}, ["Fridge 2"]),
        ({"device_types": "touch", "label_filters": "room=99"}, []),
        ({"order_by": "labels.name"}, ["Bell", "Fridge 2", "Gateway"]),
        ({"order_by": "-labels.name"}, ["Gateway", "Fridge 2", "Bell"]),
        ({"order_by": "-reported.temperature.value"}, ["Fridge 2", "Gateway", "Bell"]),
    ],
    ids=str,
)
def test_device_listing(
    cloud: emulator.Emulator, api: Api, fridge: str, query: dict[str, Any], expected: list[str]
) -> None:
    """Filters combine as AND, values of one as OR, several label filters as AND."""
    cloud.publish(PROJECT, fridge, "temperature", {"value": 4})

    assert listed(api, **query) == expected


def test_label_filter_switch(cloud: emulator.Emulator, api: Api) -> None:
    """Several label filters of a listing can mean OR as well."""
    cloud.switch(list_label_filters="or")

    assert listed(api, label_filters=["room=99", "name=Bell"]) == ["Bell", "Fridge 2"]


def test_devices_of_all_projects(api: Api, fridge: str) -> None:
    """The wildcard project lists and gets devices wherever they are."""
    organization = api.get("/organizations")["organizations"][0]["name"]

    assert len(listed(api, "/projects/-/devices", organization=organization)) == 4
    assert listed(api, "/projects/-/devices", projects=f"projects/{OSLO}") == ["Shelf"]
    assert (
        api.get(f"/projects/-/devices/{fridge}")["name"] == f"projects/{PROJECT}/devices/{fridge}"
    )


def test_reported_is_the_latest(cloud: emulator.Emulator, api: Api, fridge: str) -> None:
    """A device reports the newest payload of each type, null for what it never sent."""
    event = cloud.publish(PROJECT, fridge, "temperature", {"value": 4.2})
    late = {"value": 9, "updateTime": "2020-01-01T00:00:00Z"}
    cloud.publish(PROJECT, fridge, "temperature", late)

    reported = api.get(f"{DEVICES}/{fridge}")["reported"]

    assert reported["temperature"] == event["data"]["temperature"]
    assert reported["touch"] is None


def test_reported_of_a_new_device_switch(cloud: emulator.Emulator, api: Api, fridge: str) -> None:
    """A device that never sent anything may lack the key."""
    cloud.switch(new_device_reported="missing")

    assert "reported" not in api.get(f"{DEVICES}/{fridge}")


def test_labels(api: Api, fridge: str) -> None:
    """Labels change in batches; each change is an event, each stranger an error of its own."""
    name = f"projects/{PROJECT}/devices/{fridge}"
    stranger = f"projects/{PROJECT}/devices/c18q2m0o7rjc73f1v2kg"
    change = {"addLabels": {"room": "7", "floor": "2"}, "removeLabels": ["name"]}

    answer = api.post(f"{DEVICES}:batchUpdate", {"devices": [name, stranger], **change})
    newest = api.get(f"{DEVICES}/{fridge}/events")["events"][0]

    assert [(e["device"], e["status"]["code"]) for e in answer["batchErrors"]] == [
        (stranger, "NOT_FOUND")
    ]
    assert api.get(f"{DEVICES}/{fridge}")["labels"] == {"room": "7", "floor": "2"}
    assert newest["eventType"] == "labelsChanged"
    assert newest["data"] == {
        "added": {"floor": "2"},
        "modified": {"room": "7"},
        "removed": ["name"],
    }


@pytest.mark.parametrize("body", [{}, {"addLabels": {"a": 1}}, {"removeLabels": "a"}], ids=str)
def test_bad_label_change(api: Api, body: dict[str, Any]) -> None:
    """A batch that changes nothing, or sets what is no text, is refused."""
    assert api.call("POST", f"{DEVICES}:batchUpdate", body).status_code == 400


def test_most_labels_switch(cloud: emulator.Emulator, api: Api, fridge: str) -> None:
    """A device can be held to so many labels; the batch tells which one is full."""
    cloud.switch(max_labels=3)
    body = {"devices": [f"projects/{PROJECT}/devices/{fridge}"]}

    fits = api.post(f"{DEVICES}:batchUpdate", {**body, "addLabels": {"a": ""}})
    full = api.post(f"{DEVICES}:batchUpdate", {**body, "addLabels": {"b": ""}})

    assert fits == {"batchErrors": []}
    assert [error["status"]["code"] for error in full["batchErrors"]] == ["INVALID_ARGUMENT"]


def test_transfer(api: Api, fridge: str) -> None:
    """A device moves to another project and takes its past along."""
    name = f"projects/{PROJECT}/devices/{fridge}"

    answer = api.post(f"/projects/{OSLO}/devices:transfer", {"devices": [name, "nonsense"]})

    assert answer["transferredDevices"] == [f"projects/{OSLO}/devices/{fridge}"]
    assert [error["device"] for error in answer["transferErrors"]] == ["nonsense"]
    assert api.get(f"/projects/{OSLO}/devices/{fridge}")["labels"]["name"] == "Fridge 2"
    assert api.call("GET", f"{DEVICES}/{fridge}").status_code == 404


def test_emulated_device_life(cloud: emulator.Emulator, api: Api) -> None:
    """A device made on the emulator's host is in the main API, publishes, and can be removed."""
    host = f"{cloud.emulator_url}{DEVICES}"
    made = api.post(host, {"type": "temperature", "labels": {"name": "Virtual"}})
    path = made["name"].rpartition("/")[2]

    published = api.post(f"{host}/{path}:publish", {"temperature": {"value": 21}})
    reported = api.get(f"/{made['name']}")["reported"]["temperature"]
    labelled = api.call("PUT", f"{host}/{path}", {**made, "labels": {"name": "Renamed"}}).json()

    assert (len(path), path[:3]) == (23, "emu")
    assert made["labels"] == {"name": "Virtual", "virtual-sensor": ""}
    assert published == {}
    assert reported["samples"] == [{"value": 21, "sampleTime": reported["updateTime"]}]
    assert labelled["labels"] == {"name": "Renamed", "virtual-sensor": ""}
    assert listed(api, host) == ["Renamed"]
    assert api.call("DELETE", f"{host}/{path}").json() == {}
    assert api.call("GET", f"/{made['name']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"touch": {}, "temperature": {"value": 1}},
        {"temperature": {}},
        {"temperature": {"value": "warm"}},
        {"temperature": {"value": True}},
        {"temperature": 21},
        {"temperature": {"value": 1, "updateTime": "yesterday"}},
        {"humidity": {"temperature": 1, "relativeHumidity": 2}},
        {"labelsChanged": {"added": {}}},
        {"ping": {}},
    ],
    ids=str,
)
def test_bad_publish(cloud: emulator.Emulator, api: Api, body: dict[str, Any]) -> None:
    """A payload that is not one whole event of the device's own types is refused."""
    device = cloud.add_device(PROJECT, "temperature", emulated=True)

    answer = api.call("POST", f"{cloud.emulator_url}{DEVICES}/{device}:publish", body)

    assert answer.status_code == 400


def test_real_devices_cannot_be_published_for(
    cloud: emulator.Emulator, api: Api, fridge: str
) -> None:
    """The emulator's host knows emulated devices only."""
    host = f"{cloud.emulator_url}{DEVICES}/{fridge}"

    assert api.call("POST", f"{host}:publish", {"touch": {}}).status_code == 404
    assert api.call("DELETE", host).status_code == 404


@pytest.mark.parametrize("body", [{}, {"type": "teapot"}, {"type": "touch", "labels": {"a": 1}}])
def test_bad_device(cloud: emulator.Emulator, api: Api, body: dict[str, Any]) -> None:
    """A device needs a known type, and texts for labels."""
    assert api.call("POST", f"{cloud.emulator_url}{DEVICES}", body).status_code == 400
    with pytest.raises(ValueError, match="teapot is not a device type"):
        cloud.add_device(PROJECT, "teapot")


def test_history() -> None:
    """A device's events come newest first, of the last day unless asked, none beyond 31 days."""
    clock = emulator.ManualClock()
    with emulator.running(clock=clock, rate_limit=None) as cloud:
        project = cloud.add_project("Head office", PROJECT)
        device = cloud.add_device(project, "touch")
        sent = []
        for _ in range(35):
            sent.append(cloud.publish(project, device, "touch"))
            clock.advance(86400)
        api = Api(cloud, cloud.account)
        path = f"{DEVICES}/{device}/events"

        with api.session:
            past = api.get(path, startTime="2000-01-01T00:00:00Z")["events"]
            day = api.get(path)["events"]
            some = api.get(path, start_time=sent[30]["timestamp"], end_time=sent[31]["timestamp"])

    assert past == sent[: 34 - 31 : -1]
    assert day == sent[:-2:-1]
    assert some["events"] == [sent[31], sent[30]]


def test_history_filters_and_pages(cloud: emulator.Emulator, api: Api, fridge: str) -> None:
    """The history takes event types in both spellings, and up to 1000 events a page."""
    for value in range(120):
        cloud.publish(PROJECT, fridge, "temperature", {"value": value})
    touch = cloud.publish(PROJECT, fridge, "touch")
    path = f"{DEVICES}/{fridge}/events"

    first = api.get(path, page_size=100)
    rest = api.get(path, page_size=100, page_token=first["nextPageToken"])

    assert len(first["events"] + rest["events"]) == len(api.get(path)["events"]) == 121
    assert api.get(path, event_types="touch")["events"] == [touch]
    assert api.get(path, eventTypes=["touch"])["events"] == [touch]


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "yesterday"},
        {"end_time": "2026-01-01"},
        {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"},
    ],
    ids=str,
)
def test_bad_history_times(api: Api, fridge: str, query: dict[str, str]) -> None:
    """Times must be RFC 3339 and in order."""
    assert api.call("GET", f"{DEVICES}/{fridge}/events", **query).status_code == 400


def test_history_is_bounded(cloud: emulator.Emulator, api: Api, fridge: str) -> None:
    """A device's history keeps the newest events up to its limit, so that memory stays flat."""
    cloud.switch(history_limit=3)
    sent = [cloud.publish(PROJECT, fridge, "touch") for _ in range(5)]

    assert api.get(f"{DEVICES}/{fridge}/events")["events"] == sent[:1:-1]


def test_history_switches(clock: emulator.ManualClock) -> None:
    """Where a history begins and ends can be chosen, and whose time events bear."""
    with emulator.running(clock=clock, history_end="exclusive", rate_limit=None) as cloud:
        project = cloud.add_project("Head office", PROJECT)
        device = cloud.add_device(project, "touch")
        event = cloud.publish(project, device, "touch")
        cloud.switch(publish_time="now")
        late = cloud.publish(project, device, "touch", {"updateTime": "2020-01-01T00:00:00Z"})
        api = Api(cloud, cloud.account)
        path = f"{DEVICES}/{device}/events"
        with api.session:
            exclusive = api.get(path, end_time=event["timestamp"])["events"]
            cloud.switch(history_too_old="reject")
            too_old = api.call("GET", path, start_time="2000-01-01T00:00:00Z")

    assert exclusive == []
    assert too_old.status_code == 400
    assert late["timestamp"] == event["timestamp"]
