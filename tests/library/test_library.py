"""The library: the names of the SDK's pages, the configuration, the explicit client."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

import dcsync as dt
from dcsync import errors, model
from tests.cloud.samples import (
    CONNECTOR,
    PROJECT,
    page,
    resource,
)
from tests.cloud.server import Say, ScriptedServer

DataConnector: Any = dt.DataConnector
Config = DataConnector.HttpPushConfig

MODULES = {"authentication", "errors", "events", "logging", "outputs"}
"""Modules of the package that are part of the library."""

pytestmark = pytest.mark.usefixtures("pointed")


def test_importing_costs_nothing_and_reads_no_credentials(tmp_path: Path) -> None:
    """`import dcsync` loads neither requests nor the library, and takes broken credentials."""
    code = (
        "import sys, dcsync; "
        "names = ('requests', 'urllib3', 'jwt', 'dcsync.cloud'); "
        "print([name for name in names if name in sys.modules])"
    )
    environ = {"DT_CREDENTIALS_FILE": str(tmp_path / "missing"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_default_auth_is_looked_up_when_first_needed(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials that appear after the import are found; without any a call says what to set."""
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_KEY_ID")
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_SECRET")
    with pytest.raises(errors.CredentialsError, match="set DT_SERVICE_ACCOUNT_KEY_ID"):
        DataConnector.list_data_connectors(PROJECT)

    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    server.say(Say(body=page()))

    assert DataConnector.list_data_connectors(PROJECT) == []
    assert dt.default_auth is dt.default_auth


def test_default_auth_may_be_basic(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an e-mail the environment's credentials are Basic Auth."""
    monkeypatch.delenv("DT_SERVICE_ACCOUNT_EMAIL")
    server.say(Say(body=page()))

    DataConnector.list_data_connectors(PROJECT)

    assert server.calls[0].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("get_data_connector", "data_connector_id, project_id"),
        ("list_data_connectors", "project_id"),
        (
            "create_data_connector",
            "project_id, config, display_name='', status='ACTIVE', event_types=(), labels=()",
        ),
        (
            "update_data_connector",
            "data_connector_id, project_id, config=None, display_name=None, status=None,"
            " event_types=None, labels=None",
        ),
        ("delete_data_connector", "data_connector_id, project_id"),
        ("sync_data_connector", "data_connector_id, project_id"),
        ("get_metrics", "data_connector_id, project_id"),
    ],
)
def test_methods_have_the_pages_parameters(method: str, expected: str) -> None:
    """Names, order and defaults of the parameters are those of the SDK's page."""
    signature = inspect.signature(getattr(DataConnector, method))
    parameters = [
        p.replace(annotation=inspect.Parameter.empty)
        for p in signature.parameters.values()
        if p.kind is not inspect.Parameter.VAR_KEYWORD
    ]

    assert ", ".join(map(str, parameters)) == expected


def test_the_stream_has_the_pages_parameters() -> None:
    """Names, order and defaults of event_stream's parameters are those of the SDK's page."""
    assert list(inspect.signature(dt.Stream.event_stream).parameters) == [
        "project_id",
        "device_ids",
        "label_filters",
        "device_types",
        "event_types",
        "configuration",
    ]


def test_the_type_constants() -> None:
    """HTTP_PUSH and every other type is a constant, and all of them are listed."""
    assert DataConnector.HTTP_PUSH == "HTTP_PUSH"
    assert list(model.CONFIG_CLASSES) == DataConnector.DATA_CONNECTOR_TYPES
    assert all(getattr(DataConnector, name) == name for name in DataConnector.DATA_CONNECTOR_TYPES)


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (DataConnector.GoogleCloudPubsubConfig(topic="t", audience="a"), "pubsubConfig"),
        (DataConnector.AwsSqsConfig("https://q.example.com", "arn", "a"), "awsSqsConfig"),
        (
            DataConnector.AzureServiceBusConfig(
                "sb://x", DataConnector.AzureAuthentication("t", "c")
            ),
            "azureServiceBusConfig",
        ),
        (DataConnector.AzureEventHubConfig("sb://x"), "azureEventHubConfig"),
    ],
)
def test_creates_every_type(config: Any, key: str, server: ScriptedServer) -> None:
    """Each type's config class decides the type that is created, and is read back as itself."""
    server.say(lambda asked: Say(body={**resource(), **asked.json}))

    created = DataConnector.create_data_connector(PROJECT, config)

    assert server.calls[0].json["type"] == config.type
    assert key in server.calls[0].json
    assert isinstance(created.config, type(config))
    assert created.data_connector_type == config.type


def test_a_type_nobody_knows_yet(server: ScriptedServer) -> None:
    """An unknown type has no config, keeps everything in raw, and fails nowhere."""
    live = resource(type="CARRIER_PIGEON", pigeonConfig={"loft": 7})
    server.say(Say(body=live), Say(body=page(live)))

    dcon = DataConnector.get_data_connector(CONNECTOR, PROJECT)

    assert dcon.config is None
    assert dcon.raw["pigeonConfig"] == {"loft": 7}
    assert DataConnector.list_data_connectors(PROJECT) == [dcon]
    assert "CARRIER_PIGEON" in repr(dcon)


@pytest.mark.parametrize(
    "field", ["displayName", "type", "status", "events", "labels", "httpConfig"]
)
@pytest.mark.parametrize("value", ["absent", None])
def test_a_missing_field_fails_nowhere(field: str, value: object, server: ScriptedServer) -> None:
    """A resource that lacks a field, or has null in it, is read with an empty value there."""
    live = {**resource(), field: value}
    if value == "absent":
        del live[field]
    server.say(Say(body=live))

    dcon = DataConnector.get_data_connector(CONNECTOR, PROJECT)

    assert dcon.data_connector_id == CONNECTOR
    assert repr(dcon)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("DataConnector.get_data_connector", [CONNECTOR, PROJECT]),
        ("DataConnector.list_data_connectors", [PROJECT]),
        ("DataConnector.create_data_connector", [PROJECT, Config("https://example.com")]),
        ("DataConnector.update_data_connector", [CONNECTOR, PROJECT]),
        ("DataConnector.delete_data_connector", [CONNECTOR, PROJECT]),
        ("DataConnector.sync_data_connector", [CONNECTOR, PROJECT]),
        ("DataConnector.get_metrics", [CONNECTOR, PROJECT]),
        ("Stream.event_stream", [PROJECT]),
        ("Device.list_devices", [PROJECT]),
        ("Device.get_device", ["d"]),
        ("Device.set_label", ["d", PROJECT, "k", "v"]),
        ("Device.remove_label", ["d", PROJECT, "k"]),
        ("Device.batch_update_labels", [["d"], PROJECT]),
        ("Device.transfer_devices", [["d"], PROJECT, "t"]),
        ("Project.create_project", ["o", "x"]),
        ("Project.update_project", [PROJECT]),
        ("Project.delete_project", [PROJECT]),
        ("Project.list_permissions", [PROJECT]),
        ("Project.list_projects", []),
        ("Project.get_project", [PROJECT]),
        ("EventHistory.list_events", ["d", PROJECT]),
        ("Emulator.create_device", [PROJECT, "touch"]),
        ("Emulator.delete_device", ["d", PROJECT]),
        ("Emulator.publish_event", ["d", PROJECT, dt.events.Touch()]),
    ],
)
def test_an_unknown_keyword_is_a_type_error(
    method: str, arguments: list[Any], server: ScriptedServer
) -> None:
    """Any keyword but the four of the configuration is refused before anything is sent."""
    call = attrgetter(method)(dt)

    with pytest.raises(TypeError, match="unexpected keyword argument 'STATUS'"):
        call(*arguments, STATUS="USER_DISABLED")
    assert server.asked == []


def test_keywords_beat_the_module(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """auth and base_url of a call are used instead of dt.default_auth and dt.base_url."""
    monkeypatch.setitem(vars(dt), "base_url", "https://example.com/nowhere")
    monkeypatch.setitem(vars(dt), "default_auth", dt.Auth.unauthenticated())
    server.say(Say(body=page()))

    DataConnector.list_data_connectors(
        PROJECT, auth=dt.Auth.basic("key", "word"), base_url=server.api_url
    )

    assert server.calls[0].headers["Authorization"].startswith("Basic ")


def test_the_stream_obeys_its_base_url(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """base_url counts for streams as well."""
    monkeypatch.setitem(vars(dt), "base_url", "https://example.com/nowhere")
    server.say(Say(404, {"error": "here"}))

    with pytest.raises(errors.NotFound, match="here"):
        next(dt.Stream.event_stream(PROJECT, base_url=server.api_url))


@pytest.mark.parametrize("attempts", [1, 2])
def test_request_attempts_is_how_often_a_call_is_sent(
    attempts: int, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """request_attempts=1 sends once; dt.request_attempts is the default."""
    monkeypatch.setattr("dcsync.cloud.attempts.Attempts.back_off", lambda *_: None)
    server.otherwise = Say(503)

    with pytest.raises(errors.ServerError):
        DataConnector.list_data_connectors(PROJECT, request_attempts=attempts)
    assert len(server.calls) == attempts


@pytest.mark.parametrize(
    "keywords",
    [
        {"request_timeout": 0},
        {"request_timeout": -1},
        {"request_attempts": 0},
        {"base_url": "http://api.example.com/v2"},
        {"base_url": "api.example.com"},
    ],
)
def test_refuses_settings_that_cannot_work(
    keywords: dict[str, Any], server: ScriptedServer
) -> None:
    """A setting that no call can be made with is a ConfigurationError."""
    with pytest.raises(errors.ConfigurationError):
        DataConnector.list_data_connectors(PROJECT, **keywords)
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("", "s", "e"), errors.ConfigurationError),
        (("k", "", "e"), errors.ConfigurationError),
        (("k", "s", ""), errors.ConfigurationError),
        ((None, "s", "e"), TypeError),
        (("k", 7, "e"), TypeError),
    ],
)
def test_credentials_from_unset_variables_are_noticed(
    arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    """An empty or missing credential is an error where it is given."""
    with pytest.raises(error):
        dt.Auth.service_account(*arguments)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that the library does not have is an AttributeError; those it has are in dir()."""
    with pytest.raises(AttributeError, match="'dcsync' has no attribute 'Nonsense'"):
        getattr(dt, "Nonsense")  # noqa: B009 - which mypy would refuse if it were written out
    assert {"DataConnector", "Stream", "base_url", "errors"} <= set(dir(dt))


def test_a_client_needs_nothing_global(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Client has the library's resources and looks at none of the module's settings."""
    for name in server.environ:
        monkeypatch.delenv(name)
    auth = dt.Auth.service_account("key", "s" * 32, "e@example.com", server.token_url)
    client = dt.Client(auth, base_url=server.api_url, emulator_base_url=f"{server.url}/emulator/v2")
    device = {"name": f"projects/{PROJECT}/devices/d1", "type": "touch", "labels": {"name": "x"}}
    server.say(
        Say(body=page(resource())),
        Say(body={"devices": [device], "nextPageToken": ""}),
        Say(body=device),
    )

    (dcon,) = client.DataConnector.list_data_connectors(PROJECT)
    (found,) = client.Device.list_devices(PROJECT)
    client.Emulator.create_device(PROJECT, "touch")

    assert isinstance(dcon, DataConnector)
    assert isinstance(found, dt.Device)
    assert found.display_name == "x"
    assert server.calls[-1].path == f"/emulator/v2/projects/{PROJECT}/devices"
    assert len(server.tokens) == 1


def test_a_clients_calls_take_no_configuration(server: ScriptedServer) -> None:
    """What a Client was made with holds for all its calls."""
    client = dt.Client(dt.default_auth, base_url=server.api_url)

    with pytest.raises(TypeError, match="unexpected keyword argument 'base_url'"):
        client.DataConnector.list_data_connectors(PROJECT, base_url="https://example.com")


def test_a_client_is_shared_between_threads(server: ScriptedServer) -> None:
    """Threads share the client's token and its connections."""
    server.otherwise = Say(body=page(resource()))
    client = dt.Client(dt.default_auth, base_url=server.api_url, connections=4)

    with ThreadPoolExecutor(12) as pool:
        found = list(
            pool.map(lambda _: client.DataConnector.list_data_connectors(PROJECT), range(48))
        )

    assert all(len(each) == 1 for each in found)
    assert len(server.tokens) == 1
    assert server.connections <= 4


def test_the_stub_names_what_the_module_has() -> None:
    """What type checkers see of `import dcsync as dt` is what there is at run time."""
    stub = ast.parse(Path(dt.__file__).with_suffix(".pyi").read_text("utf-8"))
    imported = {
        alias.asname
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assigned = {
        node.target.id
        for node in stub.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    public = {name for name in dir(dt) if not name.startswith("_")}
    submodules = {info.name for info in pkgutil.iter_modules(dt.__path__)}

    assert imported | assigned == (public - submodules) | MODULES | {"__version__"}
    assert all(hasattr(dt, name) for name in imported | assigned)
