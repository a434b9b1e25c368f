"""Parses the body of a push. Takes any bytes and never raises."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, NoReturn

from dcsync.dataclass import dataclass
from dcsync.serving.nesting import is_deep


@dataclass(frozen=True, slots=True)
class ParsedPush:
    """One push; `identity` is short, and equal for pushes of the same event."""

    event: Mapping[str, Any]
    labels: Mapping[str, Any]
    metadata: Mapping[str, Any]
    identity: bytes


def parse_push(body: bytes) -> ParsedPush | None:
    """The push in a JSON body; None if it is none, or cannot be printed as JSON again."""
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
    return ParsedPush(
        event,
        labels if isinstance(labels, dict) else {},
        metadata if isinstance(metadata, dict) else {},
        _identity(event),
    )


def _identity(event: Mapping[str, Any]) -> bytes:
    """A hash of the event's id, or without one of the whole event."""
    text = json.dumps(event.get("eventId") or event)
    return blake2b(text.encode(), digest_size=16).digest()


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)
