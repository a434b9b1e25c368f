"""Lines that scripts on the official SDK have, and that work here as well."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Iterator

import pytest

import dcsync as dt
from dcsync import errors
from tests.cloud.samples import CONNECTOR, PROJECT, page, resource
from tests.cloud.server import Say, ScriptedServer

pytestmark = pytest.mark.usefixtures("pointed")

DEVICE = {
    "name": f"projects/{PROJECT}/devices/b5rj9ed7rihk942p48og",
    "type": "temperature",
    "labels": {"name": "Fridge"},
    "reported": {
        "temperature": {
            "value": 4.2,
            "samples": [{"value": 4.2, "sampleTime": "2026-01-01T00:00:00Z"}],
            "updateTime": "2026-01-01T00:00:00Z",
        },
        "touch": None,
    },
}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    yield
    dt.log_level = None


def test_modules_are_importable() -> None:
    """`import dcsync.events` and `from dcsync.events import Temperature` are what dt.events is."""
    assert importlib.import_module("dcsync.events") is dt.events
    assert importlib.import_module("dcsync.outputs").OutputBase in dt.Device.__mro__
    from dcsync.events import Temperature

    assert Temperature is dt.events.Temperature


def test_log_level_prints_calls(server: ScriptedServer, capsys: pytest.CaptureFixture[str]) -> None:
    """`dt.log_level = dt.logging.DEBUG` prints each call, without secrets; None prints nothing."""
    server.say(Say(body=page()), Say(body=page()))
    dt.log_level = dt.logging.DEBUG
    dt.DataConnector.list_data_connectors(PROJECT)
    shown = capsys.readouterr().out
    dt.log_level = None
    dt.DataConnector.list_data_connectors(PROJECT)

    assert f"DEBUG    - GET /projects/{PROJECT}/dataconnectors: 200 in" in shown
    assert server.environ["DT_SERVICE_ACCOUNT_SECRET"] not in shown
    assert capsys.readouterr().out == ""


def test_an_unknown_log_level_is_an_error() -> None:
    """It is said once, and logging goes on at INFO, as in the SDK."""
    dt.log_level = "LOUD"
    with pytest.raises(errors.ConfigurationError, match="'LOUD'"):
        dt.logging.info("x")

    assert dt.log_level == dt.logging.INFO


def test_records_reach_loggers(caplog: pytest.LogCaptureFixture) -> None:
    """A program that configures logging hears of everything, whatever log_level is."""
    with caplog.at_level(logging.DEBUG, logger="dcsync"):
        dt.logging.warning("slow")

    assert [(each.name, each.levelname, each.message) for each in caplog.records] == [
        ("dcsync", "WARNING", "slow")
    ]


def test_print_lists_attributes() -> None:
    """`print(device)` shows each attribute on its line, what is inside of it indented."""
    shown = str(dt.Device(DEVICE))

    assert shown.splitlines()[:2] == ["Device(", "    device_id: str = b5rj9ed7rihk942p48og"]
    assert "        temperature: Temperature = Temperature(" in shown.splitlines()
    assert "                    celsius: float = 4.2" in shown.splitlines()
    assert "raw" not in shown


def test_print_masks_secrets() -> None:
    """A connector's secrets are masked in every form of it."""
    config = {
        "url": "https://user:pw@example.com/?token=t0ken",
        "signatureSecret": "hush",
        "headers": {"Authorization": "Bearer b3arer"},
    }
    connector = dt.DataConnector(resource(httpConfig=config))

    for shown in (str(connector), repr(connector), str(connector.config), repr(connector.config)):
        assert not [word for word in ("pw@", "t0ken", "hush", "b3arer") if word in shown]
    assert "        headers: dict = {'Authorization': '…'}" in str(connector).splitlines()


def test_a_config_can_be_changed_and_sent(server: ScriptedServer) -> None:
    """`c.config.url = …` and an update with it, as scripts do."""
    server.say(Say(body=resource()), Say(body=resource()))
    connector = dt.DataConnector.get_data_connector(CONNECTOR, PROJECT)
    assert isinstance(connector.config, dt.DataConnector.HttpPushConfig)

    connector.config.url = "https://new.example.com"
    dt.DataConnector.update_data_connector(CONNECTOR, PROJECT, config=connector.config)

    assert server.asked[-1].json["httpConfig"]["url"] == "https://new.example.com"
    assert connector.config.data_connector_type == dt.DataConnector.HTTP_PUSH


def test_projects_are_made_changed_and_deleted(server: ScriptedServer) -> None:
    """The four calls send what the API takes."""
    project = {"name": f"projects/{PROJECT}", "displayName": "Plant A"}
    server.say(
        Say(body=project),
        Say(body=project),
        Say(body={}),
        Say(body={"permissions": ["dataconnector.read"], "nextPageToken": ""}),
    )

    made = dt.Project.create_project("c14u9p094l47cdv1o3pg", "Plant A")
    dt.Project.update_project(PROJECT, "Plant A")
    dt.Project.delete_project(PROJECT)

    assert made.id == made.project_id == PROJECT
    assert made._raw == made.raw == project
    assert dt.Project.list_permissions(PROJECT) == ["dataconnector.read"]
    assert [f"{each.method} {each.path}" for each in server.calls] == [
        "POST /v2/projects",
        f"PATCH /v2/projects/{PROJECT}",
        f"DELETE /v2/projects/{PROJECT}",
        f"GET /v2/projects/{PROJECT}/permissions",
    ]
    assert server.calls[0].json == {
        "organization": "organizations/c14u9p094l47cdv1o3pg",
        "displayName": "Plant A",
    }


@pytest.mark.parametrize("name", ["pandas", "polars"])
def test_frames_need_their_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pandas or polars the error says what to install."""
    monkeypatch.setitem(sys.modules, name, None)
    history = dt.EventHistory()

    with pytest.raises(ModuleNotFoundError, match=f"pip install {name}"):
        getattr(history, f"to_{name}")()
