"""A plan's identity: what it does and what was requested, not how it is described. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import get_args

from dcsync.dataclass import fields
from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Change, Operation

DESCRIPTIVE = ("project_key", "source", "reason", "warnings")
"""What describes an operation and is not done by it."""


def digest(operations: Sequence[Operation], narrowing: Narrowing) -> str:
    """SHA-256 in 64 hex digits. Changes hold only what may be shown, so no secret is hashed."""
    content = {
        "narrowing": _fields(narrowing),
        "operations": [_deed(operation) for operation in operations],
    }
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_fields
    )
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _deed(operation: Operation) -> dict[str, object]:
    deed = {name: value for name, value in _fields(operation).items() if name not in DESCRIPTIVE}
    return {"action": operation.action, **deed}


def _fields(value: Operation | Change | Narrowing) -> dict[str, object]:
    """One level deep: asdict would copy every string, at 75 µs per operation."""
    found = {name: getattr(value, name) for name in _NAMES[type(value)]}
    return {**found, "path": str(value.path)} if isinstance(value, Change) else found


_NAMES: Mapping[type, tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind))
    for kind in (*get_args(Operation), Change, Narrowing)
}
