"""How a whole run stands: its connectors, and the projects that hold them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcsync.model import Connector, DeclaredProject
from dcsync.plan import Plan
from dcsync.watch.standing import Standing


@dataclass(frozen=True, slots=True)
class ProjectStanding:
    """One project: how full it is, or why it could not be seen."""

    key: str
    project_id: str
    quota: int
    """Connectors that it may have."""
    live: int | None = None
    """Connectors that it has, undeclared ones too; None where it could not be listed."""
    trouble: str = ""
    """Why it could not be listed, or not be matched; "" where nothing is wrong."""
    name: str = ""
    """Its display name, where that is known."""

    @property
    def is_seen(self) -> bool:
        return self.live is not None

    @property
    def title(self) -> str:
        """What a person calls it."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Overview:
    """What `status` shows."""

    connectors: tuple[Standing, ...]
    """The worst first."""
    projects: tuple[ProjectStanding, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything could be looked at."""
        return not any(
            [each.trouble for each in self.connectors] + [each.trouble for each in self.projects]
        )


def project_standings(
    projects: Sequence[DeclaredProject],
    live: Mapping[str, Sequence[Connector]],
    plan: Plan,
    names: Mapping[str, str],
) -> tuple[ProjectStanding, ...]:
    """Each project in the order of the files; `names` has display names by project id."""
    problems = {each.position: each.message for each in plan.problems}
    return tuple(
        ProjectStanding(
            key=each.key,
            project_id=each.project_id,
            quota=each.policy.quota,
            live=len(live[each.project_id]) if each.project_id in live else None,
            trouble=problems.get(each.position, ""),
            name=names.get(each.project_id, ""),
        )
        for each in projects
    )
