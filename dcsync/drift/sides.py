"""A project as it was applied and as it is declared now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Connector, Declarations, Declared, DeclaredProject, Diagnostic, FieldPath
from dcsync.plan import Narrowing, join
from dcsync.plan.match import match
from dcsync.plan.narrowing import WHOLE


@dataclass(frozen=True, slots=True)
class Sides:
    """One project as it was applied and as it is declared; None if it is not.

    `is_found`: the applied revision has it from a search of the cloud, which may find it since
    then only. `stale` are the addresses and paths whose files differ from those that were applied.
    """

    applied: DeclaredProject | None
    declared: DeclaredProject | None
    is_found: bool = False
    stale: Collection[tuple[str, FieldPath]] = ()

    @property
    def project(self) -> DeclaredProject:
        """The project with its current key, else its former one."""
        found = self.declared or self.applied
        assert found is not None  # noqa: S101 - one of the two is there
        return found

    @property
    def ids(self) -> tuple[str, str]:
        """The project's key and its id."""
        return self.project.key, self.project.project_id


def sides_of(
    applied: Declarations,
    declared: Declarations,
    *,
    found: Collection[str] = (),
    stale: Collection[tuple[str, FieldPath]] = (),
    narrowing: Narrowing = WHOLE,
) -> tuple[Sides, ...]:
    """Each project of the run. A changed name with the same address counts as a rename."""
    then = {each.project_id: each for each in applied.projects}
    return tuple(
        Sides(
            then.get(each.declared.project_id),
            None if each.removed else each.declared,
            each.declared.project_id in found,
            stale,
        )
        for each in join(declared, applied)
        if narrowing.takes_project(each.declared)
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """One side's connectors by address, each with its live one or None."""

    declared: Mapping[str, Declared]
    live: Mapping[str, Connector | None]
    leftovers: frozenset[str]
    problems: tuple[Diagnostic, ...]

    @classmethod
    def of(cls, project: DeclaredProject | None, live: Sequence[Connector]) -> Matched:
        """The problems without those of pinned connectors that are not live; they are missing."""
        connectors = project.connectors if project else ()
        ids = {each.data_connector_id for each in live}
        gone = [each for each in connectors if _is_gone(each, ids)]
        found = match([each for each in connectors if each not in gone], live)
        return cls(
            {each.address: each for each in connectors},
            {**{each.address: None for each in gone}, **{d.address: c for d, c in found.pairs}},
            frozenset(connector.data_connector_id for _, connector in found.leftovers),
            found.problems,
        )

    @property
    def by_id(self) -> dict[str, Declared]:
        """The declaration that matches a live connector."""
        return {
            connector.data_connector_id: self.declared[address]
            for address, connector in self.live.items()
            if connector
        }


def _is_gone(declared: Declared, ids: Collection[str]) -> bool:
    pinned = declared.connector.data_connector_id
    return bool(pinned) and pinned not in ids
