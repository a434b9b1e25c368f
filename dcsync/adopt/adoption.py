"""Adopts live projects: what can be declared → fleets and single files."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dcsync.adopt.entry import Entry
from dcsync.adopt.nouns import Adoption, LeftOut, LiveProject
from dcsync.adopt.proof import reason_against
from dcsync.adopt.variables import Variables
from dcsync.adopt.writer import ImportWriter
from dcsync.dataclass import replace
from dcsync.declare.canonical.writing import document
from dcsync.model import Connector


def adopt(
    projects: Sequence[LiveProject], *, schema: str = "", existing: Collection[str] = ()
) -> Adoption:
    """Declarations of everything that can be declared, in files named unlike any of `existing`.

    `schema` is the schema for editors, "" for none.
    """
    left_out = [
        LeftOut(each, reason)
        for project in projects
        for each in project.live
        if (reason := _reason_against(each))
    ]
    unfit = tuple(each.connector for each in left_out)
    writer = ImportWriter([_without(project, unfit) for project in projects], schema, existing)
    return Adoption(tuple(writer.write()), tuple(writer.variables), tuple(left_out))


def _without(project: LiveProject, unfit: tuple[Connector, ...]) -> LiveProject:
    live = tuple(each for each in project.live if each not in unfit)
    others = tuple(each for each in project.live if each in unfit)
    return replace(project, live=live, others=(*project.others, *others))


def _reason_against(live: Connector) -> str:
    """Why this connector cannot be declared, or ""; found out by trying."""
    if live.config is None:
        return f"dcsync does not know the type {live.type}"
    variables = Variables()
    entry = Entry("connector", (), variables).of(live, pinned=True)
    head = {"dcsync": 1, "project": live.project_id, "policy": {"prune": "none"}}
    text = document({**head, "connectors": {"connector": entry}})
    return reason_against(text, variables.found.values())
