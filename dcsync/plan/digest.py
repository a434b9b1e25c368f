"""A plan's identity: what it would do and what it was asked about, not how it is told. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256

from dcsync.plan.narrowing import Narrowing
from dcsync.plan.operations import Operation

TOLD = ("project_key", "source", "reason", "warnings")
"""What an operation tells a reader and does not do."""


def digest(operations: Sequence[Operation], narrowing: Narrowing) -> str:
    """SHA-256 in 64 hex digits. Changes hold only what may be shown, so no secret is hashed."""
    content = {
        "narrowing": asdict(narrowing),
        "operations": [_deed(operation) for operation in operations],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _deed(operation: Operation) -> dict[str, object]:
    deed = {name: value for name, value in asdict(operation).items() if name not in TOLD}
    return {"action": operation.action, **deed}
