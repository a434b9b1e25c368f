"""Generates names: keys, file names and variables. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

MAX_LENGTH = 60


def key_of(display_name: str, otherwise: str) -> str:
    """A key that is easy to type: lower case, words joined by `-`; letters of any script."""
    words = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", display_name).casefold())
    return words[:MAX_LENGTH].strip("-") or otherwise


def variable_name(*words: str) -> str:
    """A variable name of ASCII letters; the prefix `DC_` prevents collisions."""
    text = unicodedata.normalize("NFKD", "_".join(word for word in words if word))
    letters = text.encode("ascii", "ignore").decode("ascii").upper()
    return f"DC_{re.sub(r'[^A-Z0-9]+', '_', letters).strip('_') or 'SECRET'}"


def unique(name: str, taken: Container[str], joint: str = "-") -> str:
    """The name, with the first free number appended if it is taken."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}{joint}{number}"
    return candidate
