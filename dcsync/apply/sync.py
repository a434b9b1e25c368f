"""Calls of :sync: which writes want one after them, and those that somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dcsync.model import Declared, Position
from dcsync.plan import Change, Create, Operation, Replace, Update

ENDPOINT_FIELDS = ("url", "queue_url", "topic")
"""What says where a connector sends to: every type has exactly one of them."""
ENDPOINT_PATHS = {f"config.{name}" for name in ENDPOINT_FIELDS}


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
            done = {kind for change in operation.changes for kind in _kinds(change)}
        case _:
            done = set()
    return not done.isdisjoint(declared.sync_after)


def _kinds(change: Change) -> set[str]:
    if change.path == "status" and change.after == "ACTIVE":
        return {"enable"}
    return {"endpoint"} if change.path in ENDPOINT_PATHS else set()
