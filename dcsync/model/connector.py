"""Connectors, live and declared. Values only."""

from __future__ import annotations

from collections.abc import Mapping

from dcsync.dataclass import dataclass, field
from dcsync.model.configs import Config
from dcsync.model.diagnostic import Position
from dcsync.model.field import Leaf, leaves_with
from dcsync.model.path import FieldPath


@dataclass(frozen=True, slots=True)
class Connector:
    """A Data Connector, declared or live.

    `data_connector_id` is "" for a declared one without a pinned id, `status` is "" for a declared
    one that omits it, `config` is None for a live one of an unknown type.
    """

    project_id: str
    data_connector_id: str
    display_name: str
    type: str
    status: str
    event_types: tuple[str, ...]
    labels: tuple[str, ...]
    config: Config | None


@dataclass(frozen=True, slots=True)
class ConnectorPatch:
    """The fields of an update; None is left out of the request."""

    display_name: str | None = None
    status: str | None = None
    event_types: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    config: Config | None = None


@dataclass(frozen=True, slots=True)
class WatchFilter:
    """A declaration's `watch:` block; a label filter of None means any value."""

    label_filters: Mapping[str, str | None] = field(default_factory=dict)
    device_types: tuple[str, ...] = ()
    device_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A connector as declared, with references resolved and defaults applied."""

    address: str
    connector: Connector
    position: Position
    renamed_from: tuple[str, ...] = ()
    ignore_changes: tuple[FieldPath, ...] = ()
    sync_after: tuple[str, ...] = ()
    watch: WatchFilter = field(default_factory=WatchFilter)


def endpoint_of(connector: Connector) -> Mapping[FieldPath, Leaf]:
    """Where it delivers: the endpoint fields with a value, whatever the type calls them."""
    return {path: value for path, value in leaves_with(connector.config, "endpoint") if value}
