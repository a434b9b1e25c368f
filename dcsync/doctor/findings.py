"""The results of checks: severity, evidence and remedy. Values only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from dcsync.dataclass import dataclass


class FindingSeverity(StrEnum):
    """The worst first."""

    BROKEN = "broken"
    WARNING = "warning"
    NOT_SEEN = "not_seen"
    """Not checked; the evidence says why."""
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `subjects` are the projects, connectors or hosts concerned."""

    check: str
    severity: FindingSeverity
    evidence: str
    remedy: str = ""
    subjects: tuple[str, ...] = ()


def worst_first(findings: Iterable[Finding], checks: Sequence[str]) -> tuple[Finding, ...]:
    """Sorted by severity, then in the order of the checks, causes first."""
    severities = list(FindingSeverity)
    return tuple(
        sorted(
            findings,
            key=lambda each: (severities.index(each.severity), checks.index(each.check)),
        )
    )


def counted(number: int, noun: str) -> str:
    """`1 project`, `2 projects`."""
    return f"{number} {noun}{'s' * (number != 1)}"


def broken(check: str, evidence: str, remedy: str, *subjects: str) -> Finding:
    return Finding(check, FindingSeverity.BROKEN, evidence, remedy, subjects)


def warning(check: str, evidence: str, remedy: str, *subjects: str) -> Finding:
    return Finding(check, FindingSeverity.WARNING, evidence, remedy, subjects)


def not_seen(check: str, why: str, *subjects: str, remedy: str = "") -> Finding:
    return Finding(check, FindingSeverity.NOT_SEEN, why, remedy, subjects)


def ok(check: str, evidence: str, *subjects: str) -> Finding:
    return Finding(check, FindingSeverity.OK, evidence, "", subjects)
