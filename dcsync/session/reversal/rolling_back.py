"""`apply --plan REVERSE_FILE`: reverts the changes of another run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dcsync.dataclass import dataclass, replace
from dcsync.model import Connector, Declarations, DeclaredProject
from dcsync.plan.make import ProjectPlanner
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.reverse import as_left, roll_back
from dcsync.render.plans.reverse_file import Reverse

if TYPE_CHECKING:
    from dcsync.session.plans.planning import Run


@dataclass(frozen=True, slots=True)
class RollingBack:
    """The content of a reverse plan, instead of declarations."""

    reverse: Reverse

    @property
    def run(self) -> Run:
        from dcsync.session.plans.planning import Run  # `show` only reads plans, without the API

        return Run(self.reverse.declarations, None, WHOLE, base="", changed_since="")

    @property
    def planner(self) -> ProjectPlanner:
        return roll_back(self.reverse.formers)

    def declarations(self, live: Mapping[str, Sequence[Connector]]) -> Declarations:
        """The declarations that revert the other run from the current state."""
        projects = (
            self._as_left(each, live[each.project_id])
            for each in self.reverse.declarations.projects
            if each.project_id in live
        )
        return Declarations(tuple(projects))

    def _as_left(self, project: DeclaredProject, live: Sequence[Connector]) -> DeclaredProject:
        former = self.reverse.formers[project.project_id]
        connectors = tuple(as_left(each, former, live)[0] for each in former.restored)
        return replace(project, connectors=connectors)
