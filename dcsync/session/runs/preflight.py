"""Checks before the first write that the account has every permission that the plan needs."""

from __future__ import annotations

from functools import partial

from dcsync.cloud import Client, Reader
from dcsync.doctor.permissions import missing, needed_for
from dcsync.errors import CloudError
from dcsync.plan import Plan
from dcsync.render.words import counted, visible
from dcsync.session.background import Background
from dcsync.session.output.console import Console

_MOST_NAMED = 3


def missing_permissions(plan: Plan, client: Client, parallelism: int, console: Console) -> str:
    """The missing permissions, or ""; checked only if more than one project would change.

    A call for each of those, so that a right which is missing in the last one stops a run before
    the first one is changed. If the API does not return them, the run continues with a
    note.
    """
    needed = needed_for(plan.operations)
    if len(needed) < 2:
        return ""
    held = Background({each: partial(_held, client, each) for each in needed}, parallelism)
    found = held.results()
    keys = {each.project_id: each.project_key for each in plan.operations}
    unseen = [keys[each] for each, permissions in found.items() if permissions is None]
    if unseen:
        projects = counted(len(unseen), "project")
        console.note(
            visible(f"the permissions in {projects} cannot be read; continuing without this check")
        )
    lacking = [
        f"{keys[each]} (lacks {', '.join(lacks)})"
        for each, permissions in found.items()
        if permissions is not None and (lacks := missing(needed[each], permissions))
    ]
    if not lacking:
        return ""
    more = len(lacking) - _MOST_NAMED
    shown = ", ".join(lacking[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"the account lacks permissions in {shown}; 'dcsync doctor' shows what it may do"


def _held(client: Client, project_id: str) -> tuple[str, ...] | None:
    try:
        return Reader(client).list_permissions(project_id)
    except CloudError:
        return None
