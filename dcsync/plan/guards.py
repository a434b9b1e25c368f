"""The brakes: runs that delete more than the policy expects are not executed. Pure.

A guard never changes the operations: it is shown beside them, and holds the whole run back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcsync.plan.previous import PlannedProject

if TYPE_CHECKING:
    from dcsync.plan.operations import Operation

LOSING = ("delete", "replace")
"""Actions that drop a live connector with its undelivered events."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A brake that holds: its project ("" for the run), what trips it, and both ways on."""

    project_id: str
    message: str


def trip(
    operations: Sequence[Operation],
    projects: Sequence[PlannedProject],
    live_counts: Mapping[str, int],
    allow_deletes: int,
) -> tuple[Guard, ...]:
    """The guards that hold this run back; none where `allow_deletes` names its number or more."""
    losses = Counter(each.project_id for each in operations if each.action in LOSING)
    if losses.total() <= allow_deletes:
        return ()
    deletes = Counter(each.project_id for each in operations if each.action == "delete")
    way_on = f"To go on, run with --allow-deletes {losses.total()}, or"
    return (
        *_too_many_in_a_project(losses, projects, way_on),
        *_emptied(deletes, projects, live_counts, way_on),
        *_too_many_in_the_run(losses, projects, way_on),
    )


def _too_many_in_a_project(
    losses: Counter[str], projects: Iterable[PlannedProject], way_on: str
) -> Iterator[Guard]:
    for project in (each.declared for each in projects):
        count, limit = losses[project.project_id], project.policy.max_deletes
        if count > limit:
            yield Guard(
                project.project_id,
                f"{count} deletes and replaces in project {project.key}, more than its "
                f"max_deletes of {limit}. {way_on} raise policy.max_deletes.",
            )


def _emptied(
    deletes: Counter[str],
    projects: Iterable[PlannedProject],
    live_counts: Mapping[str, int],
    way_on: str,
) -> Iterator[Guard]:
    for planned in projects:
        project = planned.declared
        is_meant = not project.connectors and not planned.removed
        if (
            not is_meant
            and 0 < live_counts.get(project.project_id, 0) <= deletes[project.project_id]
        ):
            yield Guard(
                project.project_id,
                f"every live connector of project {project.key} would be deleted. {way_on} "
                "declare `connectors: {}` for it if it is to have none.",
            )


def _too_many_in_the_run(
    losses: Counter[str], projects: Iterable[PlannedProject], way_on: str
) -> Iterator[Guard]:
    limit = max((each.declared.policy.max_deletes for each in projects), default=0)
    if losses.total() > limit and len(losses) > 1:
        yield Guard(
            "",
            f"{losses.total()} deletes and replaces in the whole run, more than the largest "
            f"max_deletes in it, {limit}. {way_on} apply fewer projects at a time.",
        )
