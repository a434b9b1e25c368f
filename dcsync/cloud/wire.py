"""Connectors between the API's JSON and the model (dt-api.md section 4).

Texts that may be secret become Secrets here, at the edge. Tolerant where the API may leave
something out or send null; strict where a wrong type would be taken for a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from dcsync import model
from dcsync.errors import AnswerInvalid
from dcsync.model import Config, Connector, ConnectorPatch, Secret

CONFIG_KEYS: Mapping[str, str] = {
    "HTTP_PUSH": "httpConfig",
    "AZURE_SERVICE_BUS": "azureServiceBusConfig",
    "AZURE_EVENT_HUB": "azureEventHubConfig",
    "GOOGLE_CLOUD_PUBSUB": "pubsubConfig",
    "AWS_SQS": "awsSqsConfig",
}
"""Where a resource keeps the config of each type."""

NAME = re.compile(r"projects/([^/]+)/data[cC]onnectors/([^/]+)")
"""A connector's resource name, with its two ids (section 1)."""


def connector_of(resource: Mapping[str, Any]) -> Connector:
    """The connector that a resource describes; AnswerInvalid if it has no usable name."""
    project_id, data_connector_id = ids_of(resource)
    kind = _text(resource, "type")
    return Connector(
        project_id=project_id,
        data_connector_id=data_connector_id,
        display_name=_text(resource, "displayName"),
        type=kind,
        status=_text(resource, "status"),
        event_types=_texts(resource, "events"),
        labels=_texts(resource, "labels"),
        config=config_of(kind, resource),
    )


def ids_of(resource: Mapping[str, Any]) -> tuple[str, str]:
    """Project and connector id of a resource's name."""
    name = resource.get("name")
    match = NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise AnswerInvalid("a Data Connector in the answer has no usable name")
    return match[1], match[2]


def config_of(kind: str, resource: Mapping[str, Any], *, plain: bool = False) -> Config | None:
    """The config for the type; empty if it is absent, None for a type that dcsync does not know.

    `plain`: every text as a str, for users of the library, who need the values.
    """
    read = (_PLAIN_READERS if plain else _READERS).get(kind)
    if read is None:
        return None
    config: Config = read(_mapping(resource, CONFIG_KEYS[kind]))
    return config


def body_of(connector: Connector) -> dict[str, Any]:
    """The body of a create. What the API can be trusted to default is left out."""
    body: dict[str, Any] = {"type": connector.type, "status": connector.status or "ACTIVE"}
    if connector.display_name:
        body["displayName"] = connector.display_name
    body["events"] = list(connector.event_types)
    body["labels"] = list(connector.labels)
    return body | config_body(connector.config)


def patch_body(patch: ConnectorPatch) -> dict[str, Any]:
    """The body of an update: only what the patch sets, and no mask (section 4.3)."""
    body: dict[str, Any] = {}
    if patch.display_name is not None:
        body["displayName"] = patch.display_name
    if patch.status is not None:
        body["status"] = patch.status
    if patch.event_types is not None:
        body["events"] = list(patch.event_types)
    if patch.labels is not None:
        body["labels"] = list(patch.labels)
    return body | config_body(patch.config)


def config_body(config: Config | None) -> dict[str, Any]:
    """`{"httpConfig": {…}}` with the fields that are set; {} without a config."""
    return {} if config is None else {CONFIG_KEYS[config.type]: _fields_of(config)}


def secrets_of(config: Config | None) -> tuple[str, ...]:
    """Every text of a config that an error message must not repeat."""
    return tuple(
        secret
        for path, text in model.config_leaves(config)
        if model.is_known(text)
        for secret in _secrets_in(path, text)
    )


def _secrets_in(path: str, text: model.Text) -> tuple[str, ...]:
    if isinstance(text, Secret) or path == "signature_secret" or path.startswith("headers."):
        return (model.reveal(text),)
    return secrets_in_url(text)


def secrets_in_url(url: str) -> tuple[str, ...]:
    """The user part of a URL and the values of its query."""
    before, _, query = url.partition("?")
    user, at, _ = before.partition("://")[2].partition("/")[0].rpartition("@")
    values = (item.partition("=") for item in query.split("&") if item)
    return (
        *((user,) if at else ()),
        *(value if equals else name for name, equals, value in values),
    )


def camel(name: str) -> str:
    """`signature_secret` as `signatureSecret`."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _fields_of(config: object) -> dict[str, Any]:
    pairs = ((item.name, getattr(config, item.name)) for item in fields(config))  # type: ignore[arg-type]
    return {camel(name): _plain(value) for name, value in pairs if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: model.reveal(text) for name, text in value.items()}
    return _fields_of(value) if is_dataclass(value) else model.reveal(value)


def _text(resource: Mapping[str, Any], key: str) -> str:
    value = resource.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise AnswerInvalid(f"a Data Connector in the answer has a {key} that is no text")
    return value


def _texts(resource: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = resource.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise AnswerInvalid(f"a Data Connector in the answer has {key} that are no list of texts")
    return tuple(value)


def _mapping(resource: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = resource.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise AnswerInvalid(f"a Data Connector in the answer has a {key} that is no object")
    return value


def _secret(resource: Mapping[str, Any], key: str) -> Secret:
    return Secret(_text(resource, key))


def _shown(resource: Mapping[str, Any], key: str) -> model.Text:
    """A text that is only secret where it is a URL with a query or a user part."""
    text = _text(resource, key)
    masked = model.masked_url(text)
    return text if masked == text else Secret(text, shown=masked)


def _plain_headers(resource: Mapping[str, Any], key: str) -> dict[str, str]:
    headers = _mapping(resource, key)
    return {name: _text(headers, name) for name in headers}


def _headers(resource: Mapping[str, Any], key: str) -> dict[str, Secret]:
    headers = _mapping(resource, key)
    return {name: _secret(headers, name) for name in headers}


Reader = Callable[[Mapping[str, Any]], Any]
FieldReader = Callable[[Mapping[str, Any], str], Any]


def _reader_of(kind: type, readers: Mapping[str, FieldReader], other: FieldReader) -> Reader:
    """A function from the API's object to a config class, built once from the class's fields."""
    hints = get_type_hints(kind)

    def reader_of(name: str) -> FieldReader:
        nested = next((each for each in get_args(hints[name]) if is_dataclass(each)), None)
        if nested is None:
            return readers.get(name, other)
        read = _reader_of(nested, readers, other)  # type: ignore[arg-type]
        return lambda value, key: read(_mapping(value, key))

    plan = [(item.name, camel(item.name), reader_of(item.name)) for item in fields(kind)]

    def read(value: Mapping[str, Any]) -> Any:
        return kind(**{name: read_field(value, key) for name, key, read_field in plan})

    return read


_READERS: Mapping[str, Reader] = {
    kind: _reader_of(config, {"headers": _headers, "signature_secret": _secret}, _shown)
    for kind, config in model.CONFIG_CLASSES.items()
}
_PLAIN_READERS: Mapping[str, Reader] = {
    kind: _reader_of(config, {"headers": _plain_headers}, _text)
    for kind, config in model.CONFIG_CLASSES.items()
}
