"""Collects the problems of a run, to report them all at once. No message repeats a value."""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.model import Diagnostic, Position, Severity


class Problems:
    """Diagnostics without duplicates, in the order in which they were found."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def copy(self) -> Problems:
        """A copy; problems added later are not shared."""
        other = Problems()
        other._found = dict(self._found)
        return other

    def error(self, message: str, position: Position | None = None, *, rule: str = "") -> None:
        self._found[Diagnostic(Severity.ERROR, message, position, rule)] = None

    def warn(self, message: str, position: Position | None = None) -> None:
        self._found[Diagnostic(Severity.WARNING, message, position)] = None

    @property
    def has_errors(self) -> bool:
        return any(found.severity is Severity.ERROR for found in self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """By file and position; those without a position come first."""
        return tuple(sorted(self._found, key=_order))


def _order(diagnostic: Diagnostic) -> tuple[object, ...]:
    position = diagnostic.position
    place = (position.file, position.line, position.column) if position else ("", 0, 0)
    return (*place, diagnostic.severity, diagnostic.message)


def listed(items: Iterable[str], conjunction: str = "and") -> str:
    """`a, b and c`."""
    *most, last = items
    return f"{', '.join(most)} {conjunction} {last}" if most else last
