"""Which operations need a :sync, and :syncs that a user requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from dcsync.dataclass import dataclass
from dcsync.model import CONFIG_CLASSES, Declared, FieldPath, Position, paths_with
from dcsync.model.path import STATUS
from dcsync.plan import Change, Create, Operation, Replace, Update


@dataclass(frozen=True, slots=True)
class Sync:
    """A declared connector whose :sync is to be called; `obstacle` says why it cannot be."""

    action: ClassVar[str] = "sync"
    address: str
    project_key: str
    project_id: str
    data_connector_id: str
    display_name: str
    source: Position
    obstacle: str = ""


def wants_sync(operation: Operation, declared: Declared) -> bool:
    """Whether `sync_after` names what this operation did: create, enable or endpoint."""
    match operation:
        case Create() | Replace():
            done = {"create", "endpoint"} if isinstance(operation, Replace) else {"create"}
        case Update():
            config = CONFIG_CLASSES.get(declared.connector.type)
            endpoint = paths_with(config, "endpoint") if config else ()
            done = {kind for change in operation.changes for kind in _kinds(change, endpoint)}
        case _:
            done = set()
    return not done.isdisjoint(declared.sync_after)


def _kinds(change: Change, endpoint: Sequence[FieldPath]) -> set[str]:
    if change.path == STATUS and change.after == "ACTIVE":
        return {"enable"}
    return {"endpoint"} if any(each.covers(change.path) for each in endpoint) else set()
