"""What `ignore_changes` may name: a field, `config`, `config.<field>`, `config.headers.<name>`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as fields_of
from functools import cache

from dcsync.declare.words import did_you_mean
from dcsync.model import (
    CONFIG_CLASSES,
    AzureAuthentication,
    BrokerProperties,
)

_FIELDS = ("display_name", "status", "event_types", "labels", "config")
_NESTED = {"authentication_config": AzureAuthentication, "broker_properties": BrokerProperties}
_HEADER = "config.headers."


def problem_with_ignored(name: str, kind: str) -> str | None:
    """Why a connector of type `kind` cannot ignore `name`, or None."""
    known = ignorable(kind)
    if name in known:
        return None
    if name.startswith(_HEADER) and name != _HEADER and "config.headers" in known:
        return None
    hint = did_you_mean(name, known)
    return f"'ignore_changes' names what {kind} does not have{hint}: {', '.join(known)}"


@cache
def ignorable(kind: str) -> tuple[str, ...]:
    """Everything that can be ignored, but for single headers."""
    return (*_FIELDS, *_config_paths(CONFIG_CLASSES[kind], "config."))


def _config_paths(config: type, prefix: str) -> Iterator[str]:
    for each in fields_of(config):
        yield prefix + each.name
        if each.name in _NESTED:
            yield from _config_paths(_NESTED[each.name], f"{prefix}{each.name}.")
