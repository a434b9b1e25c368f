"""Where a field is in a declaration."""

from __future__ import annotations

from typing import Self


class FieldPath(tuple[str, ...]):
    """The names that lead to a field: ("config", "headers", "X.Y").

    The name of a header may have dots. So a path is written with dots only for people and in
    JSON; what they write is read by `field_path`.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return ".".join(self)

    def below(self, *names: str) -> Self:
        return type(self)((*self, *names))

    def covers(self, other: FieldPath) -> bool:
        """Whether `other` is this field, or below it."""
        return other[: len(self)] == self


DISPLAY_NAME, TYPE, STATUS, EVENT_TYPES, LABELS, CONFIG = (
    FieldPath((name,))
    for name in ("display_name", "type", "status", "event_types", "labels", "config")
)
