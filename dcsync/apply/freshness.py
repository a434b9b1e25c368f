"""Finds outdated operations: the cloud changed after the plan was made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from dcsync.model import Connector
from dcsync.plan import Blocked, Create, Delete, Operation, Replace, Update
from dcsync.plan.normalise import normalise

STALE_AFTER_S = 60.0
"""An older listing is renewed when its project's turn comes (docs/contract.md section 4)."""


def stale_operations(
    operations: Sequence[Operation],
    before: Mapping[str, Connector],
    now: Mapping[str, Connector],
) -> dict[Operation, str]:
    """Each operation that must no longer be executed, and why; connectors are by id."""
    found = ((operation, next(_reasons(operation, before, now), "")) for operation in operations)
    return {operation: reason for operation, reason in found if reason}


def _reasons(
    operation: Operation, before: Mapping[str, Connector], now: Mapping[str, Connector]
) -> Iterator[str]:
    match operation:
        case Create():
            yield from _taken(operation, before, now)
        case Replace():
            yield from _changed(operation, before, now)
            yield from _taken(operation, before, now)
        case Update() | Delete():
            yield from _changed(operation, before, now)
        case Blocked():
            pass
        case _:
            assert_never(operation)


def _taken(
    operation: Create | Replace, before: Mapping[str, Connector], now: Mapping[str, Connector]
) -> Iterator[str]:
    """Whether somebody else has given a connector the name of one to be created."""
    for data_connector_id, found in now.items():
        known = before.get(data_connector_id)
        had_it = known is not None and known.display_name == operation.display_name
        if found.display_name == operation.display_name and not had_it:
            yield (
                f"a connector of this name, {data_connector_id}, appeared since the plan was made;"
                " plan again"
            )


def _changed(
    operation: Update | Replace | Delete,
    before: Mapping[str, Connector],
    now: Mapping[str, Connector],
) -> Iterator[str]:
    known = before[operation.data_connector_id]
    found = now.get(operation.data_connector_id)
    if found is None:
        if not isinstance(operation, Delete):
            yield "somebody deleted this connector since the plan was made; plan again"
    elif not _same(known, found):
        yield "somebody changed this connector since the plan was made; plan again"


def _same(one: Connector, other: Connector) -> bool:
    return one.type == other.type and normalise(one) == normalise(other)
