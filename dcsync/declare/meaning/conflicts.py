"""Reports conflicts between the declarations of one project. Messages name all positions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from dcsync.declare.problems import Problems, listed
from dcsync.model import Declared, Position


def report(connectors: Sequence[Declared], quota: int, problems: Problems) -> None:
    """Duplicate addresses, display names and pinned ids, and more connectors than the quota."""
    for duplicates in _duplicates(connectors, lambda each: each.address):
        key = duplicates[0].address.partition("/")[2]
        _refuse(duplicates, f"connector '{key}' is declared twice for one project", problems)
    named = [each for each in connectors if each.connector.display_name]
    for duplicates in _duplicates(named, lambda each: each.connector.display_name):
        if not all(each.connector.data_connector_id for each in duplicates):
            name = duplicates[0].connector.display_name
            message = f"the display name {name!r} is declared twice in one project"
            _refuse(
                duplicates, f"{message}; only connectors that have an 'id' may share it", problems
            )
    pinned = [each for each in connectors if each.connector.data_connector_id]
    for duplicates in _duplicates(pinned, lambda each: each.connector.data_connector_id):
        _refuse(duplicates, "two connectors of one project are pinned to the same 'id'", problems)
    if len(connectors) > quota:
        problems.error(
            f"{len(connectors)} connectors are declared for one project whose quota is {quota}: "
            f"{_places(connectors)}",
            connectors[quota].position,
        )


def _duplicates(
    connectors: Iterable[Declared], key: Callable[[Declared], Hashable]
) -> list[list[Declared]]:
    groups: dict[Hashable, list[Declared]] = {}
    for each in connectors:
        groups.setdefault(key(each), []).append(each)
    return [group for group in groups.values() if len(group) > 1]


def _refuse(duplicates: list[Declared], message: str, problems: Problems) -> None:
    problems.error(f"{message}: {_places(duplicates)}", duplicates[-1].position)


def _places(connectors: Iterable[Declared]) -> str:
    return places(each.position for each in connectors)


def places(positions: Iterable[Position]) -> str:
    """The positions without duplicates, as a list."""
    return listed(dict.fromkeys(str(position) for position in positions))
