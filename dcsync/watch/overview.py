"""The state of a whole run: its connectors and projects. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Connector, DeclaredProject
from dcsync.plan import Plan
from dcsync.watch.standing import Standing


@dataclass(frozen=True, slots=True)
class ProjectStanding:
    """The state of one project: its quota, or why it could not be listed."""

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
        """Whether everything could be read."""
        return not any(
            [each.trouble for each in self.connectors] + [each.trouble for each in self.projects]
        )


def project_standings(
    projects: Sequence[DeclaredProject],
    live: Mapping[str, Sequence[Connector]],
    plan: Plan,
    names: Mapping[str, str],
) -> tuple[ProjectStanding, ...]:
    """Each project in file order; `names` has display names by project id."""
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
