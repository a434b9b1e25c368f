"""The brakes: runs that delete more than the policy expects are not executed. Pure.

A guard never changes the operations: it is shown beside them, and apply asks for none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dcsync.model import DeclaredProject

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
    projects: Iterable[DeclaredProject],
    live_counts: Mapping[str, int],
    allow_deletes: int,
) -> tuple[Guard, ...]:
    """The guards that hold this run back; none where `allow_deletes` names its number or more."""
    losses = Counter(each.project_id for each in operations if each.action in LOSING)
    total = losses.total()
    if total <= allow_deletes:
        return ()
    projects = list(projects)
    ways_on = f"To go on, run with --allow-deletes {total}, or"
    guards = []
    for project in projects:
        count, limit = losses[project.project_id], project.policy.max_deletes
        if count > limit:
            guards.append(
                Guard(
                    project.project_id,
                    f"{count} deletes and replaces in project {project.key}, more than its "
                    f"max_deletes of {limit}. {ways_on} raise policy.max_deletes.",
                )
            )
        if _empties(operations, project, live_counts.get(project.project_id, 0)):
            guards.append(
                Guard(
                    project.project_id,
                    f"every live connector of project {project.key} would be deleted. {ways_on} "
                    f"declare `connectors: {{}}` if it is to have none.",
                )
            )
    limit = max((project.policy.max_deletes for project in projects), default=0)
    if total > limit and len(losses) > 1:
        guards.append(
            Guard(
                "",
                f"{total} deletes and replaces in the whole run, more than the largest "
                f"max_deletes in it, {limit}. {ways_on} apply fewer projects at a time.",
            )
        )
    return tuple(guards)


def _empties(operations: Iterable[Operation], project: DeclaredProject, live_count: int) -> bool:
    deletes = sum(
        each.action == "delete" and each.project_id == project.project_id for each in operations
    )
    return bool(project.connectors) and 0 < live_count <= deletes
