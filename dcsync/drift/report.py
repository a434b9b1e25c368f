"""Merges the findings of a run's projects into one report. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from dcsync.dataclass import dataclass, field, replace
from dcsync.drift.acceptance import Judged, judge
from dcsync.drift.found import NotCompared, Pending, ProjectDrift
from dcsync.model import Diagnostic
from dcsync.model.acceptance import Acceptance
from dcsync.plan import Unmanaged

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class DriftReport:
    """`revision` is the full id of the commit that was applied, "" if there is none.

    `problems` are projects that could not be listed or compared.
    """

    revision: str
    judged: Judged
    pending: tuple[Pending, ...] = ()
    unmanaged: tuple[Unmanaged, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    as_applied: int = 0
    projects: int = 0
    """The number of compared projects."""
    unseen: int = 0
    """The number of projects that were not compared."""
    problems: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """The display names of projects, by key and by id."""

    @property
    def has_drift(self) -> bool:
        """Whether there is drift."""
        return bool(self.judged.drifts)


def report_of(
    revision: str,
    projects: Sequence[ProjectDrift],
    acceptances: Sequence[Acceptance],
    *,
    today: str,
    remarks: tuple[Sequence[Diagnostic], Sequence[Diagnostic]] = ((), ()),
    is_whole_run: bool = True,
) -> DriftReport:
    """The merged findings of the projects; `remarks` are other problems and warnings.

    Entries that match nothing are reported only if everything was compared.
    """
    unseen = [each for each in projects if each.problems]
    problems = (*remarks[0], *(problem for each in unseen for problem in each.problems))
    judged = judge([drift for each in projects for drift in each.drifts], acceptances, today)
    if problems or not is_whole_run:
        judged = replace(judged, unused=())
    return DriftReport(
        revision,
        judged,
        _all(each.pending for each in projects),
        _all(each.unmanaged for each in projects),
        _all(each.not_compared for each in projects),
        sum(each.as_applied for each in projects),
        len(projects) - len(unseen),
        len(unseen) + len(remarks[0]),
        problems,
        (*remarks[1], *_all(each.warnings for each in projects)),
    )


def _all(parts: Iterable[Sequence[_T]]) -> tuple[_T, ...]:
    return tuple(each for part in parts for each in part)
