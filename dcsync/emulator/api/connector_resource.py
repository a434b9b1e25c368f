"""Data Connector resources: checks, defaults and merging, without state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from dcsync.emulator.switches import Switches
from dcsync.emulator.telemetry.event_types import EVENT_TYPES
from dcsync.emulator.wire import Json, Refused
from dcsync.loopback import is_loopback_url

_AZURE = {"url": "", "authenticationConfig": {"tenantId": "", "clientId": ""}}

CONFIGS: Mapping[str, tuple[str, Json]] = {
    "HTTP_PUSH": ("httpConfig", {"url": "", "signatureSecret": "", "headers": {}}),
    "GOOGLE_CLOUD_PUBSUB": ("pubsubConfig", {"topic": "", "audience": ""}),
    "AWS_SQS": ("awsSqsConfig", {"queueUrl": "", "awsRoleArn": "", "audience": ""}),
    "AZURE_SERVICE_BUS": (
        "azureServiceBusConfig",
        {**_AZURE, "brokerProperties": {"correlationId": ""}},
    ),
    "AZURE_EVENT_HUB": ("azureEventHubConfig", _AZURE),
}
"""Each type's config key and an empty config (docs/api.md section 4.2); `{}` is a string map."""

_OPTIONAL = {"signatureSecret", "headers", "brokerProperties"}
_FIELDS = ("displayName", "status", "events", "labels")
_KNOWN = {"name", "type", *_FIELDS, *(key for key, _ in CONFIGS.values())}


def created(name: str, body: Json, switches: Switches) -> Json:
    """The resource for the body of a create; Refused 400 for an invalid body."""
    _check_known(body, switches)
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in CONFIGS:
        raise Refused(400, f"type must be one of {', '.join(CONFIGS)}")
    key, empty = CONFIGS[kind]
    _refuse_foreign(body, key, switches)
    resource = {
        "name": name,
        "displayName": "",
        "type": kind,
        **_defaults(switches),
        **_checked_fields(body, switches),
        key: merged(empty, _object(body.get(key), key), key, headers="merge"),
    }
    return _checked(resource, switches)


def unchecked(name: str, body: Json) -> Json:
    """A resource that only the service itself could create."""
    empty: Json = {"displayName": "", "type": "", "status": "ACTIVE", "events": [], "labels": []}
    return {"name": name, **empty, **body}


def patched(resource: Json, body: Json, mask: str, switches: Switches) -> Json:
    """The resource after an update; absent and null fields stay (docs/api.md section 4.3)."""
    _check_known(body, switches)
    if not body and not mask and switches.empty_patch == "reject":
        raise Refused(400, "the body has no fields to update")
    kind = resource["type"]
    if (body.get("type") or kind) != kind and switches.type_change == "reject":
        raise Refused(400, "the type of a Data Connector cannot be changed")
    key, empty = CONFIGS.get(kind, ("", {}))
    if mask and switches.update_mask == "apply":
        body = _masked(body, mask, {**_defaults(switches), key: empty})
    _refuse_foreign(body, key, switches)
    changes = _checked_fields(body, switches)
    if body.get(key) is not None:
        base = {**empty, **resource.get(key, {})} if switches.config_patch == "merge" else empty
        changes[key] = merged(base, _object(body[key], key), key, headers=switches.headers_patch)
    after = {**resource, **changes}
    return _checked(after, switches) if kind in CONFIGS else after


def _defaults(switches: Switches) -> Json:
    return {
        "displayName": "",
        "status": switches.default_status,
        "events": [],
        "labels": list(switches.default_labels),
    }


def shown(resource: Json, switches: Switches) -> Json:
    """The resource as responses contain it."""
    if not switches.null_foreign_configs:
        return resource
    return {**{key: None for key, _ in CONFIGS.values()}, **resource}


def merged(base: Json, change: Json, path: str, *, headers: str) -> Json:
    """A config with the change's fields set, nested objects field by field; null keeps a field."""
    result = dict(base)
    for name, value in change.items():
        if value is None or name not in base:
            continue
        if name == "headers":
            strings = {k: _text(v, f"{path}.{name}") for k, v in _object(value, path).items()}
            result[name] = {**base[name], **strings} if headers == "merge" else strings
        elif isinstance(base[name], dict):
            result[name] = merged(base[name], _object(value, path), f"{path}.{name}", headers="")
        else:
            result[name] = _text(value, f"{path}.{name}")
    return result


def _check_known(body: Json, switches: Switches) -> None:
    unknown = sorted(set(body) - _KNOWN)
    if unknown and switches.unknown_fields == "reject":
        raise Refused(400, f"unknown field {unknown[0]}")


def _refuse_foreign(body: Json, key: str, switches: Switches) -> None:
    foreign = [k for k, _ in CONFIGS.values() if k != key and body.get(k) is not None]
    if foreign and switches.foreign_config == "reject":
        raise Refused(400, f"{foreign[0]} does not belong to the type")


def _checked_fields(body: Json, switches: Switches) -> Json:
    fields = {name: body[name] for name in _FIELDS if body.get(name) is not None}
    if "displayName" in fields:
        _text(fields["displayName"], "displayName")
    for name in {"events", "labels"} & set(fields):
        if not isinstance(fields[name], list):
            raise Refused(400, f"{name} must be a list of strings")
        fields[name] = list(dict.fromkeys(_text(item, name) for item in fields[name]))
    if fields.get("status") == "SYSTEM_DISABLED" and switches.system_disabled_by_client == "ignore":
        del fields["status"]
    if fields.get("status", "ACTIVE") not in ("ACTIVE", "USER_DISABLED"):
        raise Refused(400, "status must be ACTIVE or USER_DISABLED")
    unknown = set(fields.get("events", ())) - set(EVENT_TYPES)
    if unknown and switches.unknown_event_types == "reject":
        raise Refused(400, f"unknown event type {min(unknown)}")
    return fields


def _checked(resource: Json, switches: Switches) -> Json:
    key, empty = CONFIGS[resource["type"]]
    config = resource[key]
    required = [name for name in empty if name not in _OPTIONAL]
    strict = switches.require_cloud_config or resource["type"] == "HTTP_PUSH"
    for name in required if strict else required[:1]:
        if not _filled(config[name]):
            raise Refused(400, f"{key}.{name} is required")
    _check_limits(resource["displayName"], config, switches)
    if resource["type"] in {"HTTP_PUSH", "AWS_SQS"}:
        _check_https(config[required[0]], f"{key}.{required[0]}")
    return resource


def _check_limits(name: str, config: Json, switches: Switches) -> None:
    """Limits that the API may have; the real ones are unknown."""
    headers = config.get("headers", {})
    refused = {name.lower() for name in headers} & set(switches.refused_headers)
    if refused:
        raise Refused(400, f"the header {min(refused)} cannot be set")
    strings = [name, *(text for text in [*config.values(), *headers.values()] if text)]
    longest = max((len(text) for text in strings if isinstance(text, str)), default=0)
    if switches.longest_text is not None and longest > switches.longest_text:
        raise Refused(400, f"a string has at most {switches.longest_text} characters")


def _check_https(url: str, path: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port is None or parts.port else None
    except ValueError:
        host = None
    if not host or (parts.scheme != "https" and not is_loopback_url(url)):
        raise Refused(400, f"{path} must be an https:// URL (http:// only for a loopback host)")


def _filled(value: Any) -> bool:
    return all(map(_filled, value.values())) if isinstance(value, dict) else bool(value)


def _masked(body: Json, mask: str, defaults: Json) -> Json:
    """The fields of the body that the mask names; those that the body lacks are emptied."""
    result: Json = {}
    for path in mask.split(","):
        name, _, rest = path.strip().partition(".")
        if name not in defaults:
            raise Refused(400, f"update_mask names an unknown field {path}")
        value = body.get(name, defaults[name])
        if rest and isinstance(value, dict):
            leaf = rest.partition(".")[0]
            result.setdefault(name, {})[leaf] = value.get(leaf, defaults[name].get(leaf))
        else:
            result[name] = value
    return result


def _object(value: object, path: str) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(400, f"{path} must be an object")
    return value


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise Refused(400, f"{path} must be a string")
    return value
