"""Converts connectors between the API's JSON and the model (docs/api.md section 4).

Strings that may be secret become Secrets here. Tolerant where the API may omit something or send
null; strict where a wrong type would look like a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from dcsync import model
from dcsync.cloud.resources import ID, is_asked_for, string_of
from dcsync.errors import InvalidResponse
from dcsync.masked import masked_field
from dcsync.model import (
    Config,
    ConfigField,
    Connector,
    ConnectorPatch,
    Group,
    Kind,
    Secret,
    fields_of,
)

NAME = re.compile(rf"projects/({ID})/data[cC]onnectors/({ID})")
"""A connector's resource name with its two ids (section 1)."""
_WHAT = "a Data Connector"


def connector_of(resource: Mapping[str, Any]) -> Connector:
    """The connector in a resource; InvalidResponse if it has no usable name."""
    project_id, data_connector_id = ids_of(resource)
    kind = string_of(resource, "type", _WHAT)
    return Connector(
        project_id=project_id,
        data_connector_id=data_connector_id,
        display_name=string_of(resource, "displayName", _WHAT),
        type=kind,
        status=string_of(resource, "status", _WHAT),
        event_types=_strings(resource, "events"),
        labels=_strings(resource, "labels"),
        config=config_of(kind, resource),
    )


def connector_at(project_id: str, resource: Mapping[str, Any], expected_id: str = "") -> Connector:
    """The same; InvalidResponse if it is not in this project or does not have the expected id."""
    connector = connector_of(resource)
    if not is_asked_for(connector.project_id, project_id):
        raise InvalidResponse("the response is about another project")
    if not is_asked_for(connector.data_connector_id, expected_id):
        raise InvalidResponse("the response is about another Data Connector")
    return connector


def ids_of(resource: Mapping[str, Any]) -> tuple[str, str]:
    """The project id and connector id in a resource's name."""
    name = resource.get("name")
    match = NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise InvalidResponse("a Data Connector in the response has no usable name")
    return match[1], match[2]


def config_of(kind: str, resource: Mapping[str, Any], *, plain: bool = False) -> Config | None:
    """The config for the type; empty if absent, None for an unknown type.

    With `plain` every string is a str, for users of the library, who need the values.
    """
    config = model.CONFIG_CLASSES.get(kind)
    if config is None:
        return None
    found = _mapping(resource, config.key)
    return config(**{each.name: _read(found, each, plain=plain) for each in fields_of(config)})


def body_of(connector: Connector) -> dict[str, Any]:
    """The body of a create. Fields that the API reliably defaults are left out."""
    body: dict[str, Any] = {"type": connector.type, "status": connector.status or "ACTIVE"}
    if connector.display_name:
        body["displayName"] = connector.display_name
    body["events"] = list(connector.event_types)
    body["labels"] = list(connector.labels)
    return body | config_body(connector.config)


def patch_body(patch: ConnectorPatch) -> dict[str, Any]:
    """The body of an update: only what the patch sets, without a mask (section 4.3)."""
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
    return {} if config is None else {config.key: _object_of(config)}


def secrets_of(config: Config | None) -> tuple[str, ...]:
    """All strings of a config that error messages must not repeat."""
    if config is None:
        return ()
    secret_fields = model.paths_with(type(config), "secret")
    return tuple(
        secret
        for path, value in model.config_leaves(config)
        if isinstance(value, str | Secret) and model.is_known(value)
        for secret in _secrets_in(value, always=any(each.covers(path) for each in secret_fields))
    )


def _secrets_in(value: model.SecretOrStr, *, always: bool) -> tuple[str, ...]:
    if always or isinstance(value, Secret):
        return (model.reveal(value),)
    return secrets_in_url(value)


def secrets_in_url(url: str) -> tuple[str, ...]:
    """The user part of a URL and the values of its query."""
    before, _, query = url.partition("?")
    user, at, _ = before.partition("://")[2].partition("/")[0].rpartition("@")
    values = (item.partition("=") for item in query.split("&") if item)
    return (
        *((user,) if at else ()),
        *(value if equals else name for name, equals, value in values),
    )


def _object_of(group: Group) -> dict[str, Any]:
    pairs = ((each.key, getattr(group, each.name)) for each in fields_of(type(group)))
    return {key: _plain(value) for key, value in pairs if value is not None}


def _plain(value: Any) -> Any:
    match value:
        case Group():
            return _object_of(value)
        case Mapping():
            return {name: model.reveal(each) for name, each in value.items()}
        case str() | Secret():
            return model.reveal(value)
        case number_or_boolean:
            return number_or_boolean


def _strings(resource: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = resource.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidResponse(f"the response has a Data Connector whose {key} are not strings")
    return tuple(value)


def _mapping(resource: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = resource.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidResponse(f"the response has a Data Connector whose {key} is not an object")
    return value


def _read(found: Mapping[str, Any], field: ConfigField, *, plain: bool) -> Any:
    """A field of a config from the API's JSON; with `plain` every string is a str."""
    match field.kind:
        case Kind.STRING:
            return _masked(string_of(found, field.key, _WHAT), field, plain=plain)
        case Kind.MAP:
            entries = _mapping(found, field.key)
            return {name: _masked(_entry(entries, name), field, plain=plain) for name in entries}
        case Kind.GROUP:
            assert field.group is not None  # noqa: S101 - what makes a field a GROUP
            inner = _mapping(found, field.key)
            fields = fields_of(field.group)
            return field.group(**{each.name: _read(inner, each, plain=plain) for each in fields})
        case Kind.NUMBER:
            return _typed(found, field.key, (int, float), "number")
        case Kind.BOOLEAN:
            return _typed(found, field.key, (bool,), "boolean")
        case _:
            assert_never(field.kind)


def _entry(entries: Mapping[str, Any], name: str) -> str:
    """The value of a header; its name comes from the server and stays out of errors."""
    value = entries[name]
    if not isinstance(value, str | None):
        raise InvalidResponse("a Data Connector in the response has a header that is not a string")
    return value or ""


def _masked(value: str, field: ConfigField, *, plain: bool) -> model.SecretOrStr:
    """A Secret if the field is one, or if not all of the value may be shown."""
    if plain:
        return value
    if field.spec.secret:
        return Secret(value)
    shown = masked_field(field.name, value)
    return value if shown == value else Secret(value, shown=shown)


def _typed(found: Mapping[str, Any], key: str, kinds: tuple[type, ...], noun: str) -> Any:
    value = found.get(key)
    if value is not None and type(value) not in kinds:
        raise InvalidResponse(f"the response has a Data Connector whose {key} is not a {noun}")
    return value
