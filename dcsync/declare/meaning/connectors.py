"""One connector of one project: its fields with `defaults` laid under them, as a Declared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dcsync.declare.declaration import Declaration
from dcsync.declare.meaning.configs import build
from dcsync.declare.meaning.fields import Fields
from dcsync.declare.meaning.ignoring import problem_with_ignored
from dcsync.declare.meaning.merging import lay_under
from dcsync.declare.problems import Problems
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.blocks import Block, Mark
from dcsync.declare.words import did_you_mean
from dcsync.model import (
    DEVICE_TYPES,
    EVENT_TYPES,
    Config,
    Connector,
    Declared,
    HttpPushConfig,
    Position,
    WatchFilter,
)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class WrittenConnector:
    """One entry of `connectors`: as written, and with `defaults` laid under it."""

    key: str
    mark: Mark
    own: Block
    whole: Block


def entries(declaration: Declaration) -> list[WrittenConnector]:
    """The connectors that a declaration writes down, those that are no mappings left out."""
    connectors = declaration.block.get("connectors")
    defaults = declaration.block.get("defaults")
    if not isinstance(connectors, Block):
        return []
    return [
        WrittenConnector(
            key,
            connectors.key_mark(key),
            own,
            lay_under(defaults, own) if isinstance(defaults, Block) else own,
        )
        for key, own in connectors.items()
        if isinstance(own, Block)
    ]


def declare(
    entry: WrittenConnector,
    scope: ReferenceScope,
    address: str,
    resolver: Resolver,
    problems: Problems,
) -> Declared:
    """The connector as far as it can be read; what cannot is reported."""
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
    """None where it, or the type that it is for, was complained about."""
    if fields.is_broken("type") or fields.is_broken("config"):
        return None
    config = fields.below("config") or replace(fields, block=Block())
    own = entry.own.get("config")
    return build(kind, config, own if isinstance(own, Block) else None)


def _known(fields: Fields, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """A list of words; an unknown one is a warning only, as a newer cloud may know it."""
    texts = fields.names(key)
    for text in texts:
        if text not in words and not fields.resolver.stands_for_itself(text):
            hint = did_you_mean(text, words)
            noun = key.removesuffix("s").replace("_", " ")
            message = f"{text!r} is no {noun} that dcsync knows{hint}"
            fields.problems.warn(message, _item_position(fields, key, text))
    return texts


def _item_position(fields: Fields, key: str, text: str) -> Position:
    items = fields.value(key)
    if text in items:
        return fields.scope.at(items.places[items.index(text)])
    return fields.at(key)


def _ignore_changes(fields: Fields, kind: str) -> tuple[str, ...]:
    names = fields.names("ignore_changes")
    for name in () if fields.is_broken("type") else names:
        problem = problem_with_ignored(name, kind)
        if problem and not fields.resolver.stands_for_itself(name):
            position = _item_position(fields, "ignore_changes", name)
            fields.problems.error(problem, position)
    return names


def _watch(watch: Fields | None) -> WatchFilter:
    if watch is None:
        return WatchFilter()
    return WatchFilter(
        label_filters=_label_filters(watch.below("label_filters")),
        device_types=_known(watch, "device_types", DEVICE_TYPES),
        device_ids=watch.names("device_ids"),
    )


def _label_filters(filters: Fields | None) -> Mapping[str, str | None]:
    """Each label with the value that it must have; None is any."""
    if filters is None:
        return {}
    return {label: filters.name(label) for label in filters.block}
