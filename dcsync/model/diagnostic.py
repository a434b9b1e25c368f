"""Problems and their positions. Values only."""

from __future__ import annotations

from enum import StrEnum

from dcsync.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in a declaration file; line and column start at 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A problem to report: what is wrong, where, and what to do about it.

    `rule` is the path of the house rule that it breaks in its file, empty for all other problems.
    """

    severity: Severity
    message: str
    position: Position | None = None
    rule: str = ""

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        return f"{place}{self.severity}: {self.message}"
