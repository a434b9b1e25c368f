"""Groups projects with equal connectors into fleets. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Connector, config_leaves, revealed


@dataclass(frozen=True, slots=True)
class Fleet:
    """Projects and the identities of their common connectors."""

    project_ids: tuple[str, ...]
    shared: frozenset[Hashable]


def identity(live: Connector) -> Hashable:
    """Equal for connectors that one declaration can describe, secrets included."""
    leaves = tuple(sorted((path, revealed(leaf)) for path, leaf in config_leaves(live.config)))
    events, labels = frozenset(live.event_types), frozenset(live.labels)
    return live.display_name, live.type, live.status, events, labels, leaves


def fleets_of(projects: Mapping[str, Iterable[Connector]]) -> list[Fleet]:
    """Fleets of at least two projects, largest saving first; no project is in two."""
    homes: dict[Hashable, list[str]] = defaultdict(list)
    for project_id, connectors in projects.items():
        for each in connectors:
            homes[identity(each)].append(project_id)
    found = []
    while best := _best(homes):
        shared = frozenset(key for key, ids in homes.items() if set(best) <= set(ids))
        found.append(Fleet(best, shared))
        homes = {key: [i for i in ids if i not in best] for key, ids in homes.items()}
    return found


def _best(homes: Mapping[Hashable, Sequence[str]]) -> tuple[str, ...]:
    """The group of projects that shares most, () if none share anything."""
    saved: dict[tuple[str, ...], int] = defaultdict(int)
    for ids in homes.values():
        if len(ids) > 1:
            saved[tuple(ids)] += len(ids)
    return max(saved, key=lambda ids: saved[ids], default=())
