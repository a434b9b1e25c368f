"""What an earlier revision declared, beside what is declared now. Pure.

Git is the state: `prune: previous` deletes what that revision declared and this one does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from dcsync.dataclass import dataclass, replace
from dcsync.model import Declarations, Declared, DeclaredProject, Policy, Prune
from dcsync.plan.narrowing import WHOLE, Narrowing


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """One project of a run: what is declared for it, and what was.

    `previously` is None if no earlier revision is known. A `removed` project is declared by the
    earlier revision only.
    """

    declared: DeclaredProject
    previously: tuple[Declared, ...] | None = None
    removed: bool = False


def planned_projects(
    declarations: Declarations,
    previous: Declarations | None = None,
    narrowing: Narrowing = WHOLE,
) -> tuple[PlannedProject, ...]:
    """The projects that a run lists and plans."""
    joined = join(declarations, previous)
    return tuple(each for each in joined if narrowing.takes_project(each.declared))


def join(declarations: Declarations, previous: Declarations | None) -> tuple[PlannedProject, ...]:
    """Every project that either revision declares, this one's first."""
    if previous is None:
        return tuple(PlannedProject(each) for each in declarations.projects)
    former = {each.project_id: each for each in previous.projects}
    current = {each.project_id for each in declarations.projects}
    kept = (_join(each, former.get(each.project_id)) for each in declarations.projects)
    removed = (_remove(each) for each in previous.projects if each.project_id not in current)
    return (*kept, *removed)


def _join(project: DeclaredProject, former: DeclaredProject | None) -> PlannedProject:
    if former is None:
        return PlannedProject(project, ())
    was = {each.address: each for each in former.connectors}
    joined = replace(
        project,
        policy=_protect_both(project.policy, former.policy),
        connectors=tuple(_remember_name(each, was) for each in project.connectors),
    )
    return PlannedProject(joined, former.connectors)


def _remove(former: DeclaredProject) -> PlannedProject:
    """A project that is no longer declared: only its earlier declared connectors are deleted."""
    policy = replace(former.policy, prune=Prune.PREVIOUS)
    project = replace(former, policy=policy, connectors=())
    return PlannedProject(project, former.connectors, removed=True)


def _protect_both(now: Policy, then: Policy) -> Policy:
    return replace(now, protect=tuple(dict.fromkeys((*now.protect, *then.protect))))


def _remember_name(declared: Declared, was: Mapping[str, Declared]) -> Declared:
    """If the display name changed and the address did not, the old one is a former name."""
    former = was.get(declared.address)
    if former is None:
        return declared
    name = former.connector.display_name
    if name == declared.connector.display_name or name in declared.renamed_from:
        return declared
    return replace(declared, renamed_from=(*declared.renamed_from, name))
