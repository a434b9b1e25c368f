"""Limits how deeply data from outside may be nested, so that it can be written again."""

from __future__ import annotations

from typing import Any

DEEPEST = 64
"""Levels; DT's own JSON has six."""


def is_deep(value: object) -> bool:
    """Whether lists and objects are nested more than DEEPEST levels."""
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
