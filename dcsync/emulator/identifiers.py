"""Identifiers in the API's format: 20 characters of 0-9a-v that sort by creation time."""

from __future__ import annotations

import itertools
import os
from base64 import b32hexencode

_counter = itertools.count(int.from_bytes(os.urandom(2)))
_MACHINE = os.urandom(5)


def new_id(now: float) -> str:
    """A new id: four bytes of time, five of this process, three of a counter."""
    count = next(_counter) & 0xFFFFFF
    raw = (int(now) & 0xFFFFFFFF).to_bytes(4) + _MACHINE + count.to_bytes(3)
    return b32hexencode(raw).decode().lower().rstrip("=")
