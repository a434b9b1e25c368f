"""What the tool needs beside the pages: devices, projects, history, the emulator API."""

from __future__ import annotations

from typing import Any

import pytest

import dcsync as dt
from dcsync import errors
from tests.cloud.samples import (
    PROJECT,
)
from tests.cloud.server import Say, ScriptedServer

DataConnector: Any = dt.DataConnector
Config = DataConnector.HttpPushConfig

pytestmark = pytest.mark.usefixtures("pointed")


def test_reads_a_device(server: ScriptedServer) -> None:
    """A device has its latest data per event type; what it never sent is None."""
    time = "2026-11-20T08:15:43Z"
    server.say(
        Say(
            body={
                "name": f"projects/{PROJECT}/devices/emu{'a' * 20}",
                "type": "temperature",
                "labels": {"name": "Fridge 2"},
                "productNumber": "102067",
                "reported": {
                    "temperature": {"value": 4.5, "updateTime": time},
                    "networkStatus": {"cloudConnectors": [{"id": "C", "rssi": -50}]},
                    "touch": None,
                    "somethingNew": {"x": 1},
                },
            }
        )
    )

    device: Any = dt.Device.get_device("emu" + "a" * 20)

    assert (device.display_name, device.is_emulated) == ("Fridge 2", True)
    assert device.product_number == "102067"
    assert device.reported.temperature.celsius == 4.5
    assert device.reported.temperature.fahrenheit == pytest.approx(40.1)
    assert device.reported.network_status.cloud_connectors[0].device_id == "C"
    assert device.reported.network_status.cloud_connectors[0].signal_strength is None
    assert device.reported.touch is None
    assert device.reported.probe_wire_status is None
    assert not hasattr(device.reported, "something_new")
    assert "celsius=4.5" in repr(device.reported)
    assert "Fridge 2" in repr(device)


def test_devices_of_all_projects_need_an_organization(server: ScriptedServer) -> None:
    """Project '-' without an organization is refused; one that is not needed gets a warning."""
    with pytest.raises(ValueError, match="organization_id"):
        dt.Device.list_devices("-")
    server.say(Say(body={"devices": [], "nextPageToken": ""}))
    with pytest.warns(UserWarning, match="only used with project '-'"):
        dt.Device.list_devices(PROJECT, organization_id="c0a1")


def test_history_is_a_list_of_events(server: ScriptedServer) -> None:
    """The history of all pages is one list, and a time that is none is refused."""
    server.say(
        Say(body={"events": [{"eventId": "2"}], "nextPageToken": "a"}),
        Say(body={"events": [{"eventId": "1"}], "nextPageToken": ""}),
    )

    history = dt.EventHistory.list_events("d", PROJECT)

    assert [event.event_id for event in history] == ["2", "1"]
    with pytest.raises(errors.FormatError, match="not a time: 'yesterday'"):
        dt.EventHistory.list_events("d", PROJECT, start_time="yesterday")


def test_what_cannot_be_published_is_refused(server: ScriptedServer) -> None:
    """Samples and things that are no event data are refused before anything is sent."""
    nonsense: list[Any] = [dt.events.TemperatureSample(21, None), "touch"]
    for data in nonsense:
        with pytest.raises(errors.UsageError, match="cannot be published"):
            dt.Emulator.publish_event("d", PROJECT, data)
    assert server.asked == []


def test_projects_are_read(server: ScriptedServer) -> None:
    """A project that lacks fields is read with empty values."""
    server.say(Say(body={"name": f"projects/{PROJECT}", "inventory": True}))

    project = dt.Project.get_project(PROJECT)

    assert (project.project_id, project.is_inventory) == (PROJECT, True)
    assert (project.display_name, project.sensor_count) == ("", 0)
