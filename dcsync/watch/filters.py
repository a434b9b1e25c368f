"""Which declared connectors take an event. Pure: decided here, not by the server.

How the server combines several label filters is unknown (docs/api.md section 5), so it is never
asked to filter by label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Declared
from dcsync.watch.devices import WatchedDevice

Labels = tuple[tuple[str, frozenset[str | None]], ...]
"""Keys that a device must have, each with the allowed values; None is any value."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What a user limits a watch to; empty means everything.

    Different keys must all match; several values of one key are alternatives.
    """

    labels: Sequence[tuple[str, str | None]] = ()
    event_types: frozenset[str] = frozenset()
    device_types: frozenset[str] = frozenset()
    device_ids: frozenset[str] = frozenset()
    all_devices: bool = False


@dataclass(frozen=True, slots=True)
class Interest:
    """One declared connector as a filter. None matches everything."""

    address: str
    event_types: frozenset[str] | None
    label_keys: frozenset[str] | None
    labels: Labels
    device_types: frozenset[str] | None
    device_ids: frozenset[str] | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can match: the connector does not take what the user selected."""
        return frozenset() in (self.event_types, self.device_types, self.device_ids)

    @property
    def shown_keys(self) -> frozenset[str]:
        """The label keys relevant to it, except the display name."""
        keys = {key for key, _ in self.labels} | (self.label_keys or frozenset())
        return frozenset(keys - {"name"})

    def takes_device(self, device: WatchedDevice) -> bool:
        labels = device.labels
        return (
            _passes(self.device_ids, device.device_id)
            and _passes(self.device_types, device.type)
            and (self.label_keys is None or not self.label_keys.isdisjoint(labels))
            and all(
                key in labels and (None in values or labels[key] in values)
                for key, values in self.labels
            )
        )

    def takes_type(self, event_type: str) -> bool:
        return _passes(self.event_types, event_type)


@dataclass(frozen=True, slots=True)
class ServerFilter:
    """What the server is asked to filter: never less than is shown, and only what is certain."""

    event_types: tuple[str, ...]
    device_types: tuple[str, ...]
    device_ids: tuple[str, ...]


def interest_of(declared: Declared, event_filter: EventFilter) -> Interest:
    """What a connector takes: its event types, label keys and `watch:` block, and the filter."""
    connector, watch = declared.connector, declared.watch
    keys = frozenset(connector.labels)
    return Interest(
        address=declared.address,
        event_types=_both(frozenset(connector.event_types), event_filter.event_types),
        label_keys=None if event_filter.all_devices or not keys else keys,
        labels=_labels(watch.label_filters.items()) + _labels(event_filter.labels),
        device_types=_both(frozenset(watch.device_types), event_filter.device_types),
        device_ids=_both(frozenset(watch.device_ids), event_filter.device_ids),
    )


def server_filter(interests: Sequence[Interest]) -> ServerFilter:
    """The union of the interests. `labelsChanged` is always included, to update labels."""
    types = _union(each.event_types for each in interests)
    return ServerFilter(
        event_types=(*types, "labelsChanged") if types and "labelsChanged" not in types else types,
        device_types=_union(each.device_types for each in interests),
        device_ids=_union(each.device_ids for each in interests),
    )


def _passes(allowed: frozenset[str] | None, value: str) -> bool:
    return allowed is None or value in allowed


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str] | None:
    """What both allow, where an empty set allows everything."""
    if one and other:
        return one & other
    return one or other or None


def _union(sets: Iterable[frozenset[str] | None]) -> tuple[str, ...]:
    """Everything in any of the sets, sorted; () for all if one of them has no limit."""
    every = list(sets)
    return () if None in every else tuple(sorted(frozenset().union(*filter(None, every))))


def _labels(wanted: Iterable[tuple[str, str | None]]) -> Labels:
    values: dict[str, set[str | None]] = {}
    for key, value in wanted:
        values.setdefault(key, set()).add(value)
    return tuple((key, frozenset(each)) for key, each in values.items())
