"""How deep data from outside is nested. What is read has to be written again, from any stack."""

from __future__ import annotations

from typing import Any

DEEPEST = 64
"""Levels; what DT sends and takes has six."""


def is_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than is of any use."""
    level = [value]
    for _ in range(DEEPEST):
        if not level:
            return False
        level = [inner for each in level for inner in _children(each)]
    return bool(level)


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
