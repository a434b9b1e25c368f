"""Connectors, live and declared. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dcsync.model.configs import Config
from dcsync.model.diagnostic import Position


@dataclass(frozen=True, slots=True)
class Connector:
    """One Data Connector, declared or live.

    `data_connector_id` is "" for a declared one that is not pinned; `status` is "" for a declared
    one that leaves it out; `config` is None for a live one of a type that dcsync does not know.
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
    """What an update sends: a None is left out of the request, all else is set."""

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
    """One connector as a file declares it, references resolved and defaults laid under."""

    address: str
    connector: Connector
    position: Position
    renamed_from: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    sync_after: tuple[str, ...] = ()
    watch: WatchFilter = field(default_factory=WatchFilter)
