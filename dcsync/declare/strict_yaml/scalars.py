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
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

SPECIAL_STARTS = frozenset(["", *"~nNtTfF+-.0123456789"])
"""First characters of scalars that may not be strings; "" for an empty one."""

Scalar = str | int | float | bool | None


def plain_value(text: str) -> Scalar:
    """The value of an unquoted scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text
