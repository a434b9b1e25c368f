"""Formats outcomes for people. Returns strings, prints nothing."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence

from dcsync.apply import Outcome, Status, Sync
from dcsync.plan import Operation, Plan
from dcsync.render.naming import NO_NAMES, Names, inside
from dcsync.render.plans.plan_lines import headline
from dcsync.render.plans.plan_text import unplanned_text
from dcsync.render.words import Style, Visible, lines, plain, quoted, row, visible

STYLES = {
    Status.DONE: "green",
    Status.NOT_SYNCED: "yellow",
    Status.FAILED: "red",
    Status.REFUSED: "red",
    Status.NOT_ATTEMPTED: "yellow",
}
DEEDS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def render_outcome(
    outcome: Outcome,
    style: Style = plain,
    paths: Sequence[str] = (),
    names: Names = NO_NAMES,
) -> Visible:
    """One operation in one line, and more below if something went wrong.

    `paths` are the arguments of `-f`, for the command that repeats a :sync.
    """
    status = style(visible(outcome.status), STYLES[outcome.status])
    cells = [status, subject(outcome.operation, names)]
    if outcome.is_done and outcome.operation.address:
        cells.append(visible(outcome.data_connector_id))
    parts = [row(cells)]
    if outcome.error:
        parts.append(visible(f"    {outcome.error}"))
    if outcome.note:
        parts.append(visible(f"    note: {outcome.note}"))
    if outcome.status is Status.NOT_SYNCED:
        parts.append(visible(f"    to repeat it: {sync_command(outcome, paths)}"))
    return lines(parts)


def subject(operation: Operation | Sync, names: Names = NO_NAMES) -> Visible:
    """The operation in one line."""
    if isinstance(operation, Sync):
        name = f"{quoted(operation.display_name)}{inside(operation.project_key, names)}"
        return visible(f"{operation.address}  {name}  {operation.source}")
    return headline(operation, names)


def sync_command(outcome: Outcome, paths: Sequence[str] = ()) -> Visible:
    """The command to repeat a :sync that failed."""
    files = (word for path in paths for word in ("-f", path))
    return visible(shlex.join(["dcsync", "sync", outcome.operation.address, *files]))


def tally(outcomes: Iterable[Outcome]) -> Visible:
    """The last line of apply: what was done and what was not, in numbers."""
    outcomes = list(outcomes)
    done = Counter(each.operation.action for each in outcomes if each.is_done)
    deeds = ", ".join(f"{done[action]} {deed}" for action, deed in DEEDS.items())
    not_synced = sum(each.status is Status.NOT_SYNCED for each in outcomes)
    unsynced = f", {not_synced} not synced" if not_synced else ""
    return visible(f"Applied: {deeds}{unsynced}; {_rest(outcomes)}")


def tally_of(plan: Plan, outcomes: Iterable[Outcome]) -> Visible:
    """The same, and what was omitted because it could not be planned."""
    left_out = "" if plan.is_whole else f" Left out: {unplanned_text(plan)}."
    return visible(f"{tally(outcomes)}{left_out}")


def sync_tally(outcomes: Iterable[Outcome]) -> Visible:
    """The last line of sync."""
    outcomes = list(outcomes)
    return visible(f"Synced: {sum(each.is_done for each in outcomes)}; {_rest(outcomes)}")


def _rest(outcomes: Iterable[Outcome]) -> str:
    missed = Counter(each.status for each in outcomes)
    statuses = (Status.FAILED, Status.REFUSED, Status.NOT_ATTEMPTED)
    return ", ".join(f"{missed[status]} {status}" for status in statuses) + "."
