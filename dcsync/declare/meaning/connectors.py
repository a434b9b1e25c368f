"""Reads one connector of one project, with `defaults` applied, as a Declared."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dcsync.dataclass import dataclass, replace
from dcsync.declare.declaration import Declaration
from dcsync.declare.meaning.configs import build
from dcsync.declare.meaning.fields import Fields
from dcsync.declare.meaning.ignoring import ignore_problem
from dcsync.declare.problems import Problems
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.blocks import Block, Mark
from dcsync.declare.suggestions import did_you_mean
from dcsync.model import (
    DEVICE_TYPES,
    EVENT_TYPES,
    Config,
    Connector,
    Declared,
    FieldPath,
    HttpPushConfig,
    Position,
    WatchFilter,
    field_path,
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WHOLE = frozenset(["label_filters"])
"""Mappings that `defaults` does not extend: a null in them has a meaning of its own."""


@dataclass(frozen=True, slots=True)
class WrittenConnector:
    """One entry of `connectors`: as written, and with `defaults` applied."""

    key: str
    mark: Mark
    own: Block
    whole: Block


def entries(declaration: Declaration) -> list[WrittenConnector]:
    """The connectors in a declaration, except those that are not mappings."""
    connectors = declaration.block.get("connectors")
    defaults = declaration.block.get("defaults")
    if not isinstance(connectors, Block):
        return []
    return [
        WrittenConnector(
            key,
            connectors.key_mark(key),
            own,
            apply_defaults(defaults, own) if isinstance(defaults, Block) else own,
        )
        for key, own in connectors.items()
        if isinstance(own, Block)
    ]


def apply_defaults(defaults: Block, own: Block) -> Block:
    """`own` extended by the keys that only `defaults` has; a null drops a key."""
    merged = Block()
    for key, value in defaults.items():
        if key not in own:
            merged.put(key, value, defaults.places[key])
    for key, value in own.items():
        default = defaults.get(key)
        if isinstance(value, Block) and isinstance(default, Block) and key not in _WHOLE:
            merged.put(key, apply_defaults(default, value), own.places[key])
        else:
            merged.put(key, value, own.places[key])
    return merged


def declare(
    entry: WrittenConnector,
    scope: ReferenceScope,
    address: str,
    resolver: Resolver,
    problems: Problems,
) -> Declared:
    """The connector as far as it is valid; problems are reported."""
    fields = Fields(entry.whole, entry.mark, scope, resolver, problems)
    kind = fields.value("type") or HttpPushConfig.type
    return Declared(
        address=address,
        connector=Connector(
            project_id=scope.project_id or "",
            data_connector_id=fields.identifier("id") or "",
            display_name=_display_name(fields, entry.key),
            type=kind,
            status=fields.value("status") or "",
            event_types=_known(fields, "event_types", EVENT_TYPES),
            labels=fields.names("labels"),
            config=_config(fields, entry, kind),
        ),
        position=scope.at(entry.mark),
        renamed_from=fields.names("renamed_from"),
        ignore_changes=_ignore_changes(fields, kind),
        sync_after=fields.names("sync_after"),
        watch=_watch(fields.below("watch")),
    )


def _display_name(fields: Fields, key: str) -> str:
    if fields.value("display_name") is None:
        return key
    name = fields.name("display_name")
    if name == "" or (name and _CONTROL.search(name)):
        message = "'display_name' must not be empty, and hold no line break or control character"
        fields.problems.error(message, fields.at("display_name"))
    return name or ""


def _config(fields: Fields, entry: WrittenConnector, kind: str) -> Config | None:
    """None if the config or its type was reported as invalid."""
    if fields.is_broken("type") or fields.is_broken("config"):
        return None
    config = fields.below("config") or replace(fields, block=Block())
    own = entry.own.get("config")
    return build(kind, config, own if isinstance(own, Block) else None)


def _known(fields: Fields, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """A list of names; an unknown one is only a warning, because a newer API may have it."""
    texts = fields.names(key)
    for text in texts:
        if text not in words and not fields.resolver.is_unresolved(text):
            hint = did_you_mean(text, words)
            noun = key.removesuffix("s").replace("_", " ")
            message = f"{text!r} is not a known {noun}{hint}"
            fields.problems.warn(message, _item_position(fields, key, text))
    return texts


def _item_position(fields: Fields, key: str, text: str) -> Position:
    items = fields.value(key)
    if text in items:
        return fields.scope.at(items.places[items.index(text)])
    return fields.at(key)


def _ignore_changes(fields: Fields, kind: str) -> tuple[FieldPath, ...]:
    names = fields.names("ignore_changes")
    for name in () if fields.is_broken("type") else names:
        problem = ignore_problem(name, kind)
        if problem and not fields.resolver.is_unresolved(name):
            position = _item_position(fields, "ignore_changes", name)
            fields.problems.error(problem, position)
    return tuple(map(field_path, names))


def _watch(watch: Fields | None) -> WatchFilter:
    if watch is None:
        return WatchFilter()
    return WatchFilter(
        label_filters=_label_filters(watch.below("label_filters")),
        device_types=_known(watch, "device_types", DEVICE_TYPES),
        device_ids=watch.names("device_ids"),
    )


def _label_filters(filters: Fields | None) -> Mapping[str, str | None]:
    """Labels with their required values; None matches any value."""
    if filters is None:
        return {}
    return {label: filters.name(label) for label in filters.block}
