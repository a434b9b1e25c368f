"""The client and the embedded cloud, which share no code, understand each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import dcsync as dt
from dcsync import cloud as cloud_room
from dcsync import emulator, errors, model
from dcsync.library import configuration
from dcsync.model import Connector, ConnectorPatch, HttpPushConfig, Secret

CONFIGS: list[model.Config] = [
    HttpPushConfig("https://example.com/?k=v", Secret("s3cret"), {"X-Env": Secret("prod")}),
    model.GoogleCloudPubsubConfig("projects/p/topics/t", "//iam.googleapis.com/projects/1/x"),
    model.AwsSqsConfig("https://sqs.example.com/q", "arn:aws:iam::1:role/r", "a"),
    model.AzureServiceBusConfig(
        "sb://n.servicebus.windows.net/t",
        model.AzureAuthentication("t", "c"),
        model.BrokerProperties("i"),
    ),
    model.AzureEventHubConfig(
        "sb://n.servicebus.windows.net/h", model.AzureAuthentication("t", "c")
    ),
]


@pytest.fixture
def client(cloud: emulator.Emulator) -> Iterator[cloud_room.Client]:
    """A client of the embedded cloud."""
    client = cloud_room.connect(cloud.environ)
    yield client
    client.close()


def _connector(project_id: str, config: model.Config, name: str = "prod") -> Connector:
    return Connector(project_id, "", name, config.type, "", ("touch",), ("name",), config)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.type)
def test_every_type_makes_the_round(
    config: model.Config, cloud: emulator.Emulator, client: cloud_room.Client
) -> None:
    """A connector of each type is created, listed, read, updated, synced, measured and deleted."""
    project_id = cloud.add_project()
    reader, writer = cloud_room.Reader(client), cloud_room.Writer(client)

    created = writer.create_data_connector(_connector(project_id, config))
    connector_id = created.data_connector_id
    patch = ConnectorPatch(display_name="new", status="USER_DISABLED", event_types=(), labels=())
    updated = writer.update_data_connector(project_id, connector_id, patch)
    listed = reader.list_data_connectors(project_id)
    metrics = reader.get_metrics(project_id, connector_id)
    writer.update_data_connector(project_id, connector_id, ConnectorPatch(status="ACTIVE"))
    writer.sync_data_connector(project_id, connector_id)
    writer.delete_data_connector(project_id, connector_id)

    assert created.config == config
    assert (created.status, created.event_types, created.labels) == (
        "ACTIVE",
        ("touch",),
        ("name",),
    )
    assert (updated.display_name, updated.status) == ("new", "USER_DISABLED")
    assert (updated.event_types, updated.labels, updated.config) == ((), (), config)
    assert listed == (updated,)
    assert (metrics.success_count, metrics.error_count) == (0, 0)
    assert reader.list_data_connectors(project_id) == ()
    with pytest.raises(errors.NotFound):
        reader.get_data_connector(project_id, connector_id)


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"list_order": "newest"},
        {"list_order": "shuffled", "null_foreign_configs": True},
        {"oversized_page": "reject", "page_token_lifetime_s": 60.0},
    ],
    ids=str,
)
def test_pages_through_a_big_project(switches: dict[str, Any]) -> None:
    """Hundreds of connectors are listed in a call per hundred, in whatever order they come."""
    live = {"type": "HTTP_PUSH", "httpConfig": {"url": "https://example.com"}}
    with emulator.running(quota=None, rate_limit=None, **switches) as cloud:
        project_id = cloud.add_project()
        ids = {cloud.add_connector(project_id, live) for _ in range(205)}

        found = cloud_room.Reader(cloud_room.connect(cloud.environ)).list_data_connectors(
            project_id
        )

        assert {each.data_connector_id for each in found} == ids
        assert len([call for call in cloud.calls if call.path.endswith("/dataconnectors")]) == 3


@pytest.mark.parametrize("answers", ["json", "created", "no_content"])
def test_the_library_writes_whatever_success_looks_like(
    answers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Create, update, delete and sync work with 200, 201 and 204."""
    with emulator.running(rate_limit=None, write_answers=answers) as cloud:
        for name, value in cloud.environ.items():
            monkeypatch.setenv(name, value)
        project_id = cloud.add_project()
        config = dt.DataConnector.HttpPushConfig("https://example.com", "s3cret", {"X": "y"})

        created = dt.DataConnector.create_data_connector(project_id, config, "prod")
        own_id = created.data_connector_id
        updated = dt.DataConnector.update_data_connector(own_id, project_id, display_name="new")
        dt.DataConnector.sync_data_connector(own_id, project_id)
        dt.DataConnector.delete_data_connector(own_id, project_id)

        assert created.config == config
        assert (updated.display_name, updated.config) == ("new", config)
        assert cloud.connectors(project_id) == []
        configuration.forget()


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"stream_chunked": False},
        {"stream_content_type": "text/plain; charset=utf-8", "ping_passes_filter": False},
        {"default_ping_interval_s": 0.01},
    ],
    ids=str,
)
def test_streams_what_is_published(switches: dict[str, Any]) -> None:
    """Events arrive on the stream, through its filters, however the cloud frames them."""
    with emulator.running(rate_limit=None, **switches) as cloud:
        project_id = cloud.add_project()
        fridge = cloud.add_device(project_id, "temperature", {"room": "99"})
        door = cloud.add_device(project_id, "contact")
        reader = cloud_room.Reader(cloud_room.connect(cloud.environ))

        with reader.open_stream(
            project_id, label_filters={"room": None}, event_types=["temperature"]
        ) as stream:
            cloud.wait_for_streams()
            cloud.publish(project_id, door, "contact", {"state": "OPEN"})
            published = cloud.publish(project_id, fridge, "temperature", {"value": 4.5})
            found = next(event for event in stream if event["eventType"] != "ping")

        assert found["eventId"] == published["eventId"]


def test_wrong_credentials_are_refused(cloud: emulator.Emulator) -> None:
    """A wrong secret is Unauthorized at the token endpoint, with what to check."""
    environ = {**cloud.environ, "DT_SERVICE_ACCOUNT_SECRET": "f" * 32}
    client = cloud_room.connect(environ)

    with pytest.raises(errors.Unauthorized, match="refuses the service account"):
        cloud_room.Reader(client).list_projects()


def test_an_unknown_project_is_told(client: cloud_room.Client) -> None:
    """404 to a listing says what to check about the project."""
    with pytest.raises(errors.NotFound, match="check the project id"):
        cloud_room.Reader(client).list_data_connectors("c0md3pm0p7bet3vico8g")


def test_revoked_tokens_are_replaced(cloud: emulator.Emulator, client: cloud_room.Client) -> None:
    """When the cloud forgets its tokens, the next call goes on with a new one."""
    project_id = cloud.add_project()
    reader = cloud_room.Reader(client)
    reader.list_data_connectors(project_id)

    cloud.revoke_tokens()

    assert reader.list_data_connectors(project_id) == ()
