"""What declarations of one project cannot do together. Every message names every place."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from dcsync.declare.problems import Problems, listed
from dcsync.model import Declared, Position


def report(connectors: Sequence[Declared], quota: int, problems: Problems) -> None:
    """Addresses, display names and pinned ids given twice, and more than the quota."""
    for twins in _twins(connectors, lambda each: each.address):
        key = twins[0].address.partition("/")[2]
        _refuse(twins, f"connector '{key}' is declared twice for one project", problems)
    named = [each for each in connectors if each.connector.display_name]
    for twins in _twins(named, lambda each: each.connector.display_name):
        if not all(each.connector.data_connector_id for each in twins):
            name = twins[0].connector.display_name
            message = f"the display name {name!r} is declared twice in one project"
            _refuse(twins, f"{message}; only connectors that have an 'id' may share it", problems)
    pinned = [each for each in connectors if each.connector.data_connector_id]
    for twins in _twins(pinned, lambda each: each.connector.data_connector_id):
        _refuse(twins, "two connectors of one project are pinned to the same 'id'", problems)
    if len(connectors) > quota:
        problems.error(
            f"{len(connectors)} connectors are declared for one project whose quota is {quota}: "
            f"{_places(connectors)}",
            connectors[quota].position,
        )


def _twins(
    connectors: Iterable[Declared], key: Callable[[Declared], Hashable]
) -> list[list[Declared]]:
    groups: dict[Hashable, list[Declared]] = {}
    for each in connectors:
        groups.setdefault(key(each), []).append(each)
    return [group for group in groups.values() if len(group) > 1]


def _refuse(twins: list[Declared], message: str, problems: Problems) -> None:
    problems.error(f"{message}: {_places(twins)}", twins[-1].position)


def _places(connectors: Iterable[Declared]) -> str:
    return places(each.position for each in connectors)


def places(positions: Iterable[Position]) -> str:
    """Every place, named once."""
    return listed(dict.fromkeys(str(position) for position in positions))
