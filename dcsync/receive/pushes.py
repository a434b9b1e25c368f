"""A push's body as an event with what came with it. Takes any bytes; raises nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NoReturn

from dcsync.serving.nesting import is_deep


@dataclass(frozen=True, slots=True)
class Push:
    """One push; `identity` is equal for pushes of the same event, and short."""

    event: Mapping[str, Any]
    labels: Mapping[str, Any]
    metadata: Mapping[str, Any]
    identity: bytes


def parse_push(body: bytes) -> Push | None:
    """The push in a body of JSON; None where it is none, or none that a printer could repeat."""
    try:
        push = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    if not isinstance(push, dict) or is_deep(push):
        return None
    event = push.get("event")
    if not isinstance(event, dict):
        return None
    labels, metadata = push.get("labels"), push.get("metadata")
    return Push(
        event,
        labels if isinstance(labels, dict) else {},
        metadata if isinstance(metadata, dict) else {},
        _identity(event),
    )


def _identity(event: Mapping[str, Any]) -> bytes:
    """Of its id, else of all of it."""
    text = json.dumps(event.get("eventId") or event)
    return blake2b(text.encode(), digest_size=16).digest()


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
