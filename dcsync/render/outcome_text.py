"""What became of a plan's operations, as people read it. Returns strings, prints nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dcsync.apply import Outcome, Status
from dcsync.render.plan_text import headline
from dcsync.render.words import Style, plain, visible

STYLES = {
    Status.DONE: "green",
    Status.NOT_SYNCED: "yellow",
    Status.FAILED: "red",
    Status.REFUSED: "red",
    Status.NOT_ATTEMPTED: "yellow",
}
DEEDS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def render_outcome(outcome: Outcome, style: Style = plain) -> str:
    """One operation in one line, and a second one where something went wrong."""
    line = f"{style(outcome.status, STYLES[outcome.status])}  {headline(outcome.operation)}"
    if outcome.is_done and outcome.operation.address:
        line += f"  {outcome.data_connector_id}"
    if outcome.error:
        line += f"\n    {visible(outcome.error)}"
    if outcome.status is Status.NOT_SYNCED:
        line += f"\n    to repeat it: dcsync sync {outcome.operation.address}"
    return line


def tally(outcomes: Iterable[Outcome]) -> str:
    """The last line: what was done and what was not, in numbers."""
    outcomes = list(outcomes)
    done = Counter(each.operation.action for each in outcomes if each.is_done)
    missed = Counter(each.status for each in outcomes)
    deeds = ", ".join(f"{done[action]} {deed}" for action, deed in DEEDS.items())
    rest = ", ".join(
        f"{missed[status]} {status}"
        for status in (Status.FAILED, Status.REFUSED, Status.NOT_ATTEMPTED)
    )
    not_synced = f", {missed[Status.NOT_SYNCED]} not synced" if missed[Status.NOT_SYNCED] else ""
    return f"Applied: {deeds}{not_synced}; {rest}."
