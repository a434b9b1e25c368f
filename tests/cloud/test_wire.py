"""Connectors between the API's JSON and the model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dcsync import model
from dcsync.cloud import wire
from dcsync.masked import masked_url
from dcsync.model import ConnectorPatch, Secret
from tests.cloud.samples import CONNECTOR, PROJECT, SECRET, resource

CONFIGS: list[tuple[str, dict[str, Any], model.Config]] = [
    (
        "httpConfig",
        {"url": "https://example.com/", "signatureSecret": "s", "headers": {"x-a_b": "1"}},
        model.HttpPushConfig("https://example.com/", "s", {"x-a_b": "1"}),
    ),
    (
        "pubsubConfig",
        {"topic": "projects/p/topics/t", "audience": "//iam.googleapis.com/x"},
        model.GoogleCloudPubsubConfig("projects/p/topics/t", "//iam.googleapis.com/x"),
    ),
    (
        "awsSqsConfig",
        {
            "queueUrl": "https://sqs.example.com/q",
            "awsRoleArn": "arn:aws:iam::1:role/r",
            "audience": "a",
        },
        model.AwsSqsConfig("https://sqs.example.com/q", "arn:aws:iam::1:role/r", "a"),
    ),
    (
        "azureServiceBusConfig",
        {
            "url": "sb://n.servicebus.windows.net/t",
            "authenticationConfig": {"tenantId": "t", "clientId": "c"},
            "brokerProperties": {"correlationId": "i"},
        },
        model.AzureServiceBusConfig(
            "sb://n.servicebus.windows.net/t",
            model.AzureAuthentication("t", "c"),
            model.BrokerProperties("i"),
        ),
    ),
    (
        "azureEventHubConfig",
        {
            "url": "sb://n.servicebus.windows.net/h",
            "authenticationConfig": {"tenantId": "t", "clientId": "c"},
        },
        model.AzureEventHubConfig(
            "sb://n.servicebus.windows.net/h", model.AzureAuthentication("t", "c")
        ),
    ),
]


@pytest.mark.parametrize(("key", "content", "config"), CONFIGS)
def test_reads_and_writes_every_type(
    key: str, content: dict[str, Any], config: model.Config
) -> None:
    """Each type's config is the same on both sides, names translated, header names verbatim."""
    live = {**resource(type=config.type, httpConfig=None), key: content}

    assert wire.connector_of(live).config == config
    assert wire.config_body(config) == {key: content}


def test_whoever_needs_the_values_gets_strings() -> None:
    """In groups too, where a value is otherwise masked."""
    secret = "https://user:hush@a.example.com/?key=hush"
    content = {"url": secret, "authenticationConfig": {"tenantId": secret, "clientId": ""}}
    live = {"azureEventHubConfig": content}

    masked, plain = (
        wire.config_of("AZURE_EVENT_HUB", live, plain=plain) for plain in (False, True)
    )

    for config, kind in ((masked, Secret), (plain, str)):
        assert isinstance(config, model.AzureEventHubConfig)
        assert config.authentication_config is not None
        values = config.url, config.authentication_config.tenant_id
        assert [type(each) for each in values] == [kind, kind]
        assert [model.reveal(each or "") for each in values] == [secret, secret]


def test_every_known_type_is_covered() -> None:
    """The table above has a row for each type that dcsync knows."""
    assert {config.type for _, _, config in CONFIGS} == set(model.CONFIG_CLASSES)


def test_reads_a_connector() -> None:
    """Every field of a resource has its place in the model."""
    connector = wire.connector_of(resource())

    assert connector == model.Connector(
        project_id=PROJECT,
        data_connector_id=CONNECTOR,
        display_name="prod",
        type="HTTP_PUSH",
        status="ACTIVE",
        event_types=("temperature", "touch"),
        labels=("name",),
        config=model.HttpPushConfig(
            url="https://example.com/dt",
            signature_secret=Secret(SECRET),
            headers={"Authorization": Secret("Bearer staple-of-the-matter")},
        ),
    )


def test_texts_that_may_be_secret_become_secrets() -> None:
    """Signature secret, header values and a URL with a query are Secrets; other texts are not."""
    config = wire.connector_of(
        resource(httpConfig={"url": "https://a.example.com/?k=v", "headers": {"X": "y"}})
    ).config

    assert isinstance(config, model.HttpPushConfig)
    assert config.headers is not None
    assert isinstance(config.headers["X"], Secret)
    assert isinstance(config.signature_secret, Secret)
    assert isinstance(config.url, Secret)
    assert str(config.url) == "https://a.example.com/?…"
    assert config.url.reveal() == "https://a.example.com/?k=v"
    assert isinstance(wire.connector_of(resource()).config.url, str)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "fields",
    [
        {"httpConfig": None},
        {"httpConfig": {}},
        {"httpConfig": {"url": None, "signatureSecret": None, "headers": None}},
    ],
)
def test_null_and_absent_are_empty(fields: dict[str, Any]) -> None:
    """What the API leaves out or sends as null is an empty text, list or map."""
    name = resource()["name"]
    connector = wire.connector_of(
        {"name": name, "type": "HTTP_PUSH", "events": None, "labels": None, **fields}
    )

    assert connector.config == model.HttpPushConfig("", "", {})
    assert (connector.display_name, connector.status) == ("", "")
    assert (connector.event_types, connector.labels) == ((), ())


def test_an_unknown_type_has_no_config() -> None:
    """A type that dcsync does not know is read without its config."""
    live = resource(type="CARRIER_PIGEON", pigeonConfig={"loft": 7})

    assert wire.connector_of(live).config is None
    assert wire.connector_of(live).type == "CARRIER_PIGEON"


def test_an_update_holds_only_what_it_sets() -> None:
    """Fields that a patch leaves out stay out of the body; empty ones are sent to clear."""
    assert wire.patch_body(ConnectorPatch()) == {}
    assert wire.patch_body(
        ConnectorPatch(
            display_name="",
            event_types=(),
            config=model.HttpPushConfig(signature_secret="", headers={}),
        )
    ) == {"displayName": "", "events": [], "httpConfig": {"signatureSecret": "", "headers": {}}}


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/a/b", "https://example.com/a/b"),
        ("https://user:word@example.com/a", "https://…@example.com/a"),
        ("https://user@example.com", "https://…@example.com"),
        ("https://a@b@example.com/x@y", "https://…@example.com/…"),
        ("https://example.com/?a=1&b=2", "https://example.com/?…"),
        ("https://example.com/?word", "https://example.com/?…"),
        ("https://example.com?a=b=c&&d", "https://example.com?…"),
        ("https://u:p@example.com/?a=1", "https://…@example.com/?…"),
        ("https://example.com/p?a=1#f@x", "https://example.com/p?…"),
        ("mail@example.com", "…"),
        ("sb://n.example.com/t", "sb://n.example.com/t"),
        ("", ""),
    ],
)
def test_masks_urls(url: str, shown: str) -> None:
    """What is not scheme, host, port and path is hidden; tests/security has the odd ones."""
    assert masked_url(url) == shown


@pytest.mark.parametrize(
    "config",
    [
        model.HttpPushConfig("https://u:word@example.com/?k=word", "word", {"A": "word"}),
        model.AwsSqsConfig("https://sqs.example.com/?k=word"),
        model.AzureServiceBusConfig("sb://word@example.com/"),
        model.HttpPushConfig(Secret("word"), Secret("word"), {"A": Secret("word")}),
    ],
)
def test_a_configs_repr_is_masked(config: model.Config) -> None:
    """No repr of a config shows a secret, a header or the secret parts of a URL."""
    assert "word" not in f"{config!r} {config}"
    assert "example.com" in repr(config) or "(sensitive)" in repr(config)


def test_lone_surrogates_survive() -> None:
    """A text that JSON can hold but UTF-8 cannot is still readable."""
    live = json.loads('{"name": "projects/p/dataconnectors/c", "displayName": "\\ud800"}')

    assert wire.connector_of(live).display_name == "\ud800"
