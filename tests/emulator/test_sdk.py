"""The official SDK, driven through its methods: it cannot tell the emulator from the cloud."""

from __future__ import annotations

import inspect
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import disruptive as dt
import disruptive.requests as dt_requests
import pytest

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Endpoint


@pytest.fixture(autouse=True)
def _sdk(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The SDK pointed at the emulator, with the first account."""
    auth = dt.Auth.service_account(cloud.account.key_id, cloud.account.secret, cloud.account.email)
    auth.token_endpoint = cloud.token_url
    monkeypatch.setattr(dt, "base_url", cloud.api_url)
    monkeypatch.setattr(dt, "emulator_base_url", cloud.emulator_url)
    monkeypatch.setattr(dt, "default_auth", auth)
    yield
    defaults = inspect.signature(dt_requests.DTRequest.paginated_get).parameters["params"].default
    defaults.clear()  # the SDK keeps a page token there from one listing to the next


@pytest.fixture
def device(cloud: emulator.Emulator, project: str) -> str:
    return cloud.add_device(project, "temperature", {"name": "Fridge"}, emulated=True)


def test_data_connectors(
    cloud: emulator.Emulator, project: str, device: str, endpoint: Endpoint
) -> None:
    """Create, get, list, update, sync, metrics and delete, as the SDK's pages show them."""
    made = dt.DataConnector.create_data_connector(
        project,
        dt.DataConnector.HttpPushConfig(endpoint.url, "s3cret", {"X-Env": "prod"}),
        display_name="Ingest",
        event_types=[dt.events.TEMPERATURE],
        labels=["name"],
    )
    cloud.publish(project, device, "temperature", {"value": 4})
    dt.DataConnector.sync_data_connector(made.data_connector_id, project)
    assert cloud.wait_for_deliveries()
    metrics = dt.DataConnector.get_metrics(made.data_connector_id, project)
    updated = dt.DataConnector.update_data_connector(
        made.data_connector_id,
        project,
        config=dt.DataConnector.HttpPushConfig(signature_secret="new"),
        display_name="Renamed",
        status="USER_DISABLED",
    )
    found = dt.DataConnector.get_data_connector(made.data_connector_id, project)
    listed = dt.DataConnector.list_data_connectors(project)
    dt.DataConnector.delete_data_connector(made.data_connector_id, project)

    assert (made.display_name, made.status, made.event_types) == (
        "Ingest",
        "ACTIVE",
        ["temperature"],
    )
    assert (metrics.success_count, metrics.error_count) == (2, 0)
    assert (updated.display_name, updated.status) == ("Renamed", "USER_DISABLED")
    assert found.config is not None
    assert found.config.signature_secret == "new"
    assert (found.config.url, found.config.headers) == (endpoint.url, {"X-Env": "prod"})
    assert [connector.raw for connector in listed] == [found.raw]
    assert cloud.connectors(project) == []


def test_data_connectors_of_other_types(cloud: emulator.Emulator, project: str) -> None:
    """The SDK lists types that it does not know, without their config."""
    cloud.add_connector(
        project, {"type": "GOOGLE_CLOUD_PUBSUB", "pubsubConfig": {"topic": "projects/p/topics/t"}}
    )

    [connector] = dt.DataConnector.list_data_connectors(project)

    assert (connector.data_connector_type, connector.config) == ("GOOGLE_CLOUD_PUBSUB", None)


def test_listing_of_several_pages(cloud: emulator.Emulator, project: str) -> None:
    """The SDK walks through all pages."""
    cloud.switch(max_page_size=2)
    ids = [cloud.add_device(project, "touch") for _ in range(5)]

    assert [device.device_id for device in dt.Device.list_devices(project)] == ids


EVENTS = [
    ("temperature", dt.events.Temperature(21.5)),
    ("temperature", dt.events.Touch()),
    ("temperature", dt.events.ProbeWireStatus("TWO_WIRE")),
    ("proximity", dt.events.ObjectPresent("PRESENT")),
    ("humidity", dt.events.Humidity(22.4, 17)),
    ("proximityCounter", dt.events.ObjectPresentCount(4176)),
    ("touchCounter", dt.events.TouchCount(469)),
    ("waterDetector", dt.events.WaterPresent("NOT_PRESENT")),
    ("co2", dt.events.Co2(526)),
    ("co2", dt.events.Pressure(99301)),
    ("motion", dt.events.Motion("MOTION_DETECTED")),
    ("deskOccupancy", dt.events.DeskOccupancy("OCCUPIED", remarks=[])),
    ("contact", dt.events.Contact("OPEN")),
    ("touch", dt.events.BatteryStatus(100)),
    (
        "touch",
        dt.events.NetworkStatus(
            45,
            -83,
            "LOW_POWER_STANDARD_MODE",
            [dt.events.NetworkStatusCloudConnector("c", 45, -83)],
        ),
    ),
    ("touch", dt.events.NetworkStatus(45)),
    ("ccon", dt.events.ConnectionStatus("ETHERNET", ["CELLULAR", "ETHERNET"])),
    ("ccon", dt.events.EthernetStatus("f0:b5:b7:00:0a:08", "10.0.0.1")),
    ("ccon", dt.events.CellularStatus(80)),
]


@pytest.mark.parametrize(("device_type", "data"), EVENTS, ids=range(len(EVENTS)))
def test_every_event_type(project: str, device_type: str, data: Any) -> None:
    """What the SDK publishes it reads back, from the history and from the device."""
    device = dt.Emulator.create_device(project, device_type, "Virtual", {"room": "99"})

    dt.Emulator.publish_event(device.device_id, project, data)
    [event] = dt.EventHistory.list_events(device.device_id, project)
    reported = dt.Device.get_device(device.device_id, project).raw["reported"]

    assert device.is_emulated
    assert event.event_type == data.event_type
    raw = {k: v for k, v in data.raw.items() if k != "cloud_connectors"}
    assert raw.items() <= event.data.raw.items()
    assert reported[data.event_type] == event.data.raw
    dt.Emulator.delete_device(device.device_id, project)


def test_devices(cloud: emulator.Emulator, project: str, device: str) -> None:
    """Get, list with every filter, label, and move devices."""
    oslo = cloud.add_project("Store Oslo")
    organization = cloud.project(project)["organization"].removeprefix("organizations/")
    cloud.add_device(oslo, "touch")
    cloud.publish(project, device, "temperature", {"value": 1})

    everywhere = dt.Device.list_devices(
        "-", organization_id=organization, project_ids=[project, oslo]
    )
    filtered = dt.Device.list_devices(
        project,
        query="fridge",
        device_ids=[device],
        device_types=[dt.Device.TEMPERATURE],
        label_filters={"name": "Fridge"},
        order_by="reported.temperature.value",
    )
    errors = [
        *dt.Device.set_label(device, project, "room", "99"),
        *dt.Device.batch_update_labels([device], project, set_labels={"a": "b"}),
        *dt.Device.remove_label(device, project, "a"),
    ]
    labels = dt.Device.get_device(device).labels
    stranger = dt.Device.set_label("c18q2m0o7rjc73f1v2kg", project, "room", "99")
    moved = dt.Device.transfer_devices([device], project, oslo)

    assert len(everywhere) == 2
    assert [found.device_id for found in filtered] == [device]
    assert (errors, labels) == ([], {"name": "Fridge", "room": "99"})
    assert [error.raw["status"]["code"] for error in stranger] == ["NOT_FOUND"]
    assert moved == []
    assert dt.Device.get_device(device, oslo).project_id == oslo


def test_history(cloud: emulator.Emulator, project: str, device: str) -> None:
    """The history filters by type and time, and knows changed labels."""
    cloud.publish(project, device, "temperature", {"value": 1})
    dt.Device.set_label(device, project, "room", "99")

    events = dt.EventHistory.list_events(
        device,
        project,
        event_types=[dt.events.LABELS_CHANGED],
        start_time="2020-01-01T00:00:00Z",
        end_time="2100-01-01T00:00:00Z",
    )

    assert [event.data.added for event in events] == [{"room": "99"}]


def test_projects(cloud: emulator.Emulator, project: str) -> None:
    """Create, get, list, update and delete a project, and ask for permissions."""
    organization = cloud.project(project)["organization"].removeprefix("organizations/")
    made = dt.Project.create_project(organization, "New")
    dt.Project.update_project(made.project_id, "Newer")
    found = dt.Project.get_project(made.project_id)
    listed = dt.Project.list_projects(organization, "newer")
    permissions = dt.Project.list_permissions(made.project_id)
    dt.Project.delete_project(made.project_id)

    assert (found.display_name, found.is_inventory) == ("Newer", False)
    assert [other.project_id for other in listed] == [made.project_id]
    assert "dataconnector.create" in permissions
    with pytest.raises(dt.errors.NotFound):
        dt.Project.get_project(made.project_id)


def test_members(project: str) -> None:
    """Members can be added, listed, changed, invited and removed."""
    made = dt.Project.add_member(project, "someone@example.com", ["project.user"])
    changed = dt.Project.update_member(made.member_id, project, ["project.admin"])
    found = dt.Project.get_member(made.member_id, project)
    url = dt.Project.get_member_invite_url(made.member_id, project)
    listed = dt.Project.list_members(project)
    dt.Project.remove_member(made.member_id, project)

    assert (made.roles, changed.roles, found.roles) == (
        ["project.user"],
        ["project.admin"],
        ["project.admin"],
    )
    assert url.startswith("http")
    assert len(listed) == 1
    assert dt.Project.list_members(project) == []


def test_stream(cloud: emulator.Emulator, project: str, device: str) -> None:
    """Events come through the SDK's stream with its filters, also after the server ended it."""

    def publish() -> None:
        for _ in range(2):
            assert cloud.wait_for_streams(1)
            cloud.publish(project, device, "temperature", {"value": 7})
            cloud.close_streams()
            assert cloud.wait_for_streams(0)

    publishing = threading.Thread(target=publish)
    publishing.start()
    got = []
    for event in dt.Stream.event_stream(
        project,
        device_ids=[device],
        label_filters={"name": "Fridge", "room": None},
        device_types=[dt.Device.TEMPERATURE],
        event_types=[dt.events.TEMPERATURE],
    ):
        got.append(event.data.celsius)
        if len(got) == 2:
            break
    publishing.join()

    assert got == [7, 7]


def test_errors(cloud: emulator.Emulator, project: str) -> None:
    """Error answers become the SDK's own errors."""
    with pytest.raises(dt.errors.NotFound):
        dt.DataConnector.get_data_connector("c16pegipidie7lltrefg", project)
    with pytest.raises(dt.errors.BadRequest):
        dt.DataConnector.create_data_connector(
            project, dt.DataConnector.HttpPushConfig("http://example.com")
        )
    reader = cloud.add_service_account("project.user")
    auth = dt.Auth.service_account(reader.key_id, reader.secret, reader.email)
    auth.token_endpoint = cloud.token_url
    with pytest.raises(dt.errors.Forbidden):
        dt.Project.delete_project(project, auth=auth)
    cloud.switch(stream_error_codes="http")
    with pytest.raises(dt.errors.NotFound):
        next(dt.Stream.event_stream("c16pegipidie7lltrefg", request_attempts=0))


def test_wrong_secret(cloud: emulator.Emulator, project: str) -> None:
    """A wrong secret is Unauthorized."""
    auth = dt.Auth.service_account(cloud.account.key_id, "0" * 32, cloud.account.email)
    auth.token_endpoint = cloud.token_url

    with pytest.raises(dt.errors.Unauthorized):
        dt.Project.get_project(project, auth=auth)


def test_expired_token_is_renewed(cloud: emulator.Emulator, project: str) -> None:
    """The SDK meets a 401, fetches a new token, and goes on."""
    dt.Project.get_project(project)
    cloud.revoke_tokens()
    dt.default_auth._expiration = 0

    assert dt.Project.get_project(project).project_id == PROJECT


def test_credentials_file(
    cloud: emulator.Emulator, project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK's credentials file is the way to point it here without any code."""
    account = {
        "keyId": cloud.account.key_id,
        "secret": cloud.account.secret,
        "email": cloud.account.email,
        "algorithm": "HS256",
        "tokenEndpoint": cloud.token_url,
    }
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps({"serviceAccount": account}))
    monkeypatch.setenv("DT_CREDENTIALS_FILE", str(path))

    assert dt.Project.get_project(project, auth=dt.Auth.init()).project_id == PROJECT


def public_methods(resource: type) -> set[str]:
    return {
        f"{resource.__name__}.{name}"
        for name, member in vars(resource).items()
        if isinstance(member, staticmethod | classmethod) and not name.startswith("_")
    }


def test_no_method_is_left_out() -> None:
    """This file names every method of the six resources, so that a new SDK cannot slip by."""
    text = Path(__file__).read_text()
    resources = (
        dt.DataConnector,
        dt.Device,
        dt.Emulator,
        dt.EventHistory,
        dt.Project,
        dt.Stream,
    )
    methods = set().union(*map(public_methods, resources))

    assert len(methods) >= 30
    assert [method for method in sorted(methods) if f"dt.{method}(" not in text] == []
