"""Orders a project's operations within its quota. Pure.

Updates, then creates and replaces, then deletes, so that no event is missed. If that would exceed
the quota, as few deletes as necessary come before the creates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from dcsync.dataclass import replace
from dcsync.plan.costs import FINISHED
from dcsync.plan.operations import Blocked, Create, Delete, Operation, Replace, Update, block

QUOTA = "quota"
GAP = (
    "the project is at its quota: this is deleted before its replacement is created, so events "
    "in between are lost"
)


def make_room(
    operations: Sequence[Operation], live_count: int, quota: int
) -> tuple[Operation, ...]:
    """The operations in an order that never exceeds the quota; those without room are blocked."""
    updates, creates, replaces, deletes, blocked = _by_kind(operations)
    room = max(0, quota - live_count + len(deletes))
    fitting, too_many = creates[:room], creates[room:]
    peak = live_count + max(len(fitting), 1 if replaces else 0)
    early_count = min(len(deletes), max(0, peak - quota)) if fitting or replaces else 0
    early, late = deletes[:early_count], deletes[early_count:]
    if replaces and live_count - early_count >= quota:
        replaces = [
            replace(each, delete_first=True, warnings=(*each.warnings, GAP)) for each in replaces
        ]
    return (
        *updates,
        *map(_with_gap, early),
        *replaces,
        *fitting,
        *late,
        *blocked,
        *(block(each, QUOTA, _no_room(quota)) for each in too_many),
    )


def _with_gap(early: Delete) -> Delete:
    """The leftovers of interrupted replaces make room without a gap: their successors are live."""
    if FINISHED in early.warnings:
        return early
    return replace(early, warnings=(*early.warnings, GAP))


def _by_kind(
    operations: Sequence[Operation],
) -> tuple[list[Update], list[Create], list[Replace], list[Delete], list[Blocked]]:
    updates: list[Update] = []
    creates: list[Create] = []
    replaces: list[Replace] = []
    deletes: list[Delete] = []
    blocked: list[Blocked] = []
    for operation in operations:
        match operation:
            case Update():
                updates.append(operation)
            case Create():
                creates.append(operation)
            case Replace():
                replaces.append(operation)
            case Delete():
                deletes.append(operation)
            case Blocked():
                blocked.append(operation)
            case _:
                assert_never(operation)
    return updates, creates, replaces, deletes, blocked


def _no_room(quota: int) -> str:
    return f"the project has no room for it: its quota is {quota} connectors"
