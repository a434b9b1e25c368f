"""A received event, decoded lazily.

msgspec reads the few strings that identify an event in an eighth of the time that json.loads takes
for all of it, and checks the rest without building it. What msgspec rejects is given to Python's
json, which decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import DecodeError, Struct
from msgspec.json import Decoder

from dcsync.errors import InvalidResponse

NO_OBJECT = (DecodeError, ValueError, TypeError, RecursionError)
"""What decoding raises for anything but a JSON object."""


class Arrival(Struct, gc=False, rename="camel"):
    """The strings that identify an event, "" where missing; `text` holds all of it."""

    event_id: str = ""
    target_name: str = ""
    event_type: str = ""
    timestamp: str = ""
    text: bytes = b""
    """The event's JSON as received, or encoded again where it was not a line of its own."""
    at_s: float | None = None
    """`timestamp` in Unix seconds, None where it is missing; set where events are checked."""

    @property
    def event(self) -> dict[str, Any]:
        """The whole event, decoded on each access."""
        return decoded(self.text)


def arrival_in(text: bytes) -> Arrival:
    """The event in a JSON string. Raises one of NO_OBJECT for anything else.

    InvalidResponse where an identifying field is not a string.
    """
    if text.isascii():  # otherwise nothing would validate the UTF-8 of the skipped fields
        try:
            arrival = _arrival(text)
        except NO_OBJECT:
            pass  # Python decides
        else:
            arrival.text = text
            return arrival
    return _identified(decoded(text), text)


def arrival_of(event: Mapping[str, Any]) -> Arrival:
    """The same for a decoded event."""
    return _identified(event, json.dumps(event, separators=(",", ":")).encode())


def decoded(text: bytes) -> dict[str, Any]:
    """The object in a JSON string. Raises one of NO_OBJECT for anything else."""
    try:
        return _object(text)
    except NO_OBJECT:
        content = json.loads(text.decode())
    if not isinstance(content, dict):
        raise TypeError("JSON, but not an object")
    return content


_arrival = Decoder(Arrival).decode
_object = Decoder(dict[str, Any]).decode


def _identified(event: Mapping[str, Any], text: bytes) -> Arrival:
    def string_at(name: str) -> str:
        value = event.get(name)
        if not isinstance(value, str | None):
            raise InvalidResponse(f"an event in the response has no usable {name}")
        return value or ""

    return Arrival(
        event_id=string_at("eventId"),
        target_name=string_at("targetName"),
        event_type=string_at("eventType"),
        timestamp=string_at("timestamp"),
        text=text,
    )
