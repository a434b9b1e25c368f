"""What a policy forbids for single operations: a table; the first matching veto blocks one.
Pure."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TypeVar

from dcsync.dataclass import dataclass
from dcsync.model import Connector, Policy
from dcsync.plan.operations import LOSING, Blocked, Delete, Replace, block
from dcsync.plan.retirement import name_before


@dataclass(frozen=True, slots=True)
class Veto:
    """One row: the forbidden actions, for which connectors, with a reason and a sentence."""

    reason: str
    actions: tuple[str, ...]
    concerns: Callable[[Policy, Connector], bool]
    explanation: str


def _is_protected(policy: Policy, connector: Connector) -> bool:
    """By its name, and while it is being replaced by its former name."""
    names = filter(None, (connector.display_name, name_before(connector.display_name)))
    return any(fnmatchcase(name, pattern) for name in names for pattern in policy.protect)


VETOES = (
    Veto("protected", LOSING, _is_protected, "a protected connector is never deleted or replaced"),
)


def veto(action: str, policy: Policy, *sides: Connector) -> Veto | None:
    """What forbids the action; the sides are the live connector and the declared one."""
    for each in VETOES:
        if action in each.actions and any(each.concerns(policy, side) for side in sides):
            return each
    return None


T = TypeVar("T", Delete, Replace)


def permit(operation: T, policy: Policy, *sides: Connector) -> T | Blocked:
    """The operation, blocked if the policy forbids it."""
    found = veto(operation.action, policy, *sides)
    return block(operation, found.reason, found.explanation) if found else operation
