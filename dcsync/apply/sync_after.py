"""Which finished operations a declaration wants a :sync after. Decides, does not call."""

from __future__ import annotations

from dcsync.model import Declared
from dcsync.plan import Change, Create, Operation, Replace, Update

ENDPOINT_PATHS = {"config.url", "config.queue_url", "config.topic"}


def wants_sync(operation: Operation, declared: Declared) -> bool:
    """Whether `sync_after` names what this operation did: create, enable or endpoint."""
    match operation:
        case Create() | Replace():
            done = {"create", "endpoint"} if isinstance(operation, Replace) else {"create"}
        case Update():
            done = {kind for change in operation.changes for kind in _kinds(change)}
        case _:
            done = set()
    return not done.isdisjoint(declared.sync_after)


def _kinds(change: Change) -> set[str]:
    if change.path == "status" and change.after == "ACTIVE":
        return {"enable"}
    return {"endpoint"} if change.path in ENDPOINT_PATHS else set()
