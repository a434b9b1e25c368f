"""Parses plain YAML scalars: null, booleans and numbers as in YAML 1.2, the rest are strings.

Unlike YAML 1.1, `no`, `on`, `012` and `12:30:00` are strings, and there are no dates.
"""

from __future__ import annotations

import re

MAX_DIGITS = 300
"""More digits than any number needs; Python itself refuses to parse thousands."""

_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = r"[-+]?(0|[1-9][0-9]*)"
_BASED = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_NOT_FINITE = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"

_NUMERIC_STARTS = "+-.0123456789"
SPECIAL_STARTS = frozenset(["", *"~nNtTfF", *_NUMERIC_STARTS])
"""First characters of scalars that may not be strings; "" for an empty one."""

Scalar = str | int | float | bool | None


def plain_value(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in _NUMERIC_STARTS or len(text) > MAX_DIGITS:
        return text
    if re.fullmatch(_INTEGER, text):
        return int(text)
    if re.fullmatch(_BASED, text):
        return int(text, 0)
    if re.fullmatch(_FLOAT, text):
        return float(text)
    if re.fullmatch(_NOT_FINITE, text):
        return float(text.replace(".", ""))
    return text
