"""The current deliveries of live connectors that a plan would delete, replace or disable. Pure.

The planner's caller provides the numbers. They describe the plan and are not part of its digest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dcsync.model.path import STATUS
from dcsync.plan.costs import FINISHED
from dcsync.plan.operations import LOSING, Impact, Operation, Update

Measure = Callable[[Sequence[Operation]], tuple[Impact, ...]]
"""Asks what flows through the connector of each operation."""


def unmeasured(operations: Sequence[Operation]) -> tuple[Impact, ...]:
    """For plans that are only shown: nothing is requested, nothing is known."""
    return tuple(
        Impact(each.project_id, each.data_connector_id, "ACTIVE", trouble="not requested")
        for each in operations
    )


def interrupts(operation: Operation) -> bool:
    """Whether a live connector stops delivering."""
    if isinstance(operation, Update):
        return any(
            each.path == STATUS and each.after == "USER_DISABLED" for each in operation.changes
        )
    return operation.action in LOSING


def loses_flow(operation: Operation) -> bool:
    """Whether a connector without a successor is removed: a finished replace has one."""
    return operation.action in LOSING and FINISHED not in operation.warnings
