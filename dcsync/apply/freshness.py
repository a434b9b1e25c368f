"""Which operations are out of date: the cloud changed between the plan and their turn. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from dcsync.model import Connector
from dcsync.plan import Blocked, Create, Delete, Operation, Replace, Update
from dcsync.plan.normalise import normalise

STALE_AFTER_S = 60.0
"""A listing older than this is renewed when its project's turn comes (CONTRACT section 4)."""


def stale_operations(
    operations: Sequence[Operation],
    before: Mapping[str, Connector],
    now: Mapping[str, Connector],
) -> dict[Operation, str]:
    """Each operation that must not be carried out any more, and why; connectors are by id."""
    return {
        operation: reason for operation in operations for reason in _reasons(operation, before, now)
    }


def _reasons(
    operation: Operation, before: Mapping[str, Connector], now: Mapping[str, Connector]
) -> Iterator[str]:
    match operation:
        case Create():
            new = (each for id_, each in now.items() if id_ not in before)
            if any(each.display_name == operation.display_name for each in new):
                yield "a connector of this name was created since the plan was made; plan again"
        case Update() | Replace() | Delete():
            yield from _changed(operation, before, now)
        case Blocked():
            pass
        case _:
            assert_never(operation)


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
