"""Formats a plan that is applied in waves, as text and JSON. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from dcsync.apply.waves import Wave, Waves
from dcsync.dataclass import dataclass
from dcsync.render.tables import columns, markdown_table
from dcsync.render.verification import STYLES as VERDICT_STYLES
from dcsync.render.verification import verdict_object
from dcsync.render.words import (
    Style,
    Visible,
    block,
    counted,
    lines,
    paragraphs,
    plain,
    row,
    visible,
)
from dcsync.watch.evidence import Verdict, VerdictKind

MOST_NAMED = 5
"""Projects that one line names."""
MOST_PASSED = 12
"""Connectors of a wave that each get a line; more that pass are only counted."""


class WaveState(StrEnum):
    """The state of a wave."""

    PROVEN = "proven"
    APPLIED = "applied"
    """Proof was not requested."""
    NOT_PROVEN = "not proven"
    FAILED = "failed"
    """Not all of its operations were done."""
    HELD_BACK = "held back"
    """A guard refuses it that did not when the plan was made."""
    INTERRUPTED = "interrupted"
    NOT_APPLIED = "not applied"


_STYLES = {WaveState.PROVEN: "green", WaveState.APPLIED: "green", WaveState.NOT_APPLIED: "yellow"}
_WELL = (WaveState.PROVEN, WaveState.APPLIED)


@dataclass(frozen=True, slots=True)
class WaveReport:
    """A wave and its result."""

    wave: Wave
    state: WaveState
    verdicts: tuple[Verdict, ...] = ()

    @property
    def went_well(self) -> bool:
        return self.state in _WELL


@dataclass(frozen=True, slots=True)
class NextSteps:
    """Commands to continue a rollout or to roll it back; "" if there is none."""

    to_continue: str = ""
    to_roll_back: str = ""
    lost: tuple[str, ...] = ()
    """What rolling back cannot restore."""
    earlier: tuple[str, ...] = ()
    """Files that earlier runs saved, the newest first."""


@dataclass(frozen=True, slots=True)
class RolloutReport:
    """All waves of a run, and how to continue."""

    waves: tuple[WaveReport, ...]
    steps: NextSteps
    unverified: int = 0
    """Connectors that needed no change, and so were not verified."""

    @property
    def is_complete(self) -> bool:
        return all(each.went_well for each in self.waves)


def render_division(waves: Waves, *, is_verified: bool) -> Visible:
    """The waves, for the approval prompt."""
    sizes = [len(each.projects) for each in waves.waves]
    what = "each is verified before the next starts" if is_verified else "one after the other"
    return visible(f"{counted(len(sizes), 'wave')}{_sizes(sizes)}; {what}.")


def _sizes(sizes: Sequence[int]) -> str:
    if len(set(sizes)) == 1:
        return f" of {counted(sizes[0], 'project')} each"
    *first, last = map(str, sizes)
    return f": {', '.join(first)} and {counted(int(last), 'project')}"


def render_head(wave: Wave, total: int) -> Visible:
    """The line above a wave's operations."""
    keys = list(wave.projects.values())
    operations = counted(len(wave.operations), "operation")
    return visible(
        f"Wave {wave.number} of {total}: {counted(len(keys), 'project')}, {operations} "
        f"({named(keys)})"
    )


def render_verdicts(verdicts: Sequence[Verdict], style: Style = plain) -> Visible:
    """One line per connector, as in `verify`."""
    passed = [each for each in verdicts if each.outcome is VerdictKind.PASSED]
    shown = verdicts
    if len(passed) > MOST_PASSED:
        shown = [each for each in verdicts if each not in passed]
    rows = [(str(each.outcome), each.address, each.reason) for each in shown]
    table = columns(rows, [VERDICT_STYLES[each.outcome] for each in shown], style) if rows else ()
    more = (
        [visible(f"passed  {counted(len(passed), 'connector')}")]
        if len(passed) > MOST_PASSED
        else []
    )
    return lines([*table, *more])


def render_tail(report: WaveReport, total: int, style: Style = plain) -> Visible:
    """The line below a wave."""
    state = style(visible(report.state), _STYLES.get(report.state, "red"))
    head = visible(f"Wave {report.wave.number} of {total}: ")
    return row([head, state, visible(_account(report))], gap="")


def _account(report: WaveReport) -> str:
    if not report.verdicts:
        return ", nothing could be verified" if report.state is WaveState.NOT_PROVEN else ""
    passed = sum(each.outcome is VerdictKind.PASSED for each in report.verdicts)
    total = len(report.verdicts)
    if passed == total:
        return f", {counted(total, 'connector')} delivered"
    return f", {passed} of {counted(total, 'connector')} delivered"


def render_end(report: RolloutReport, style: Style = plain) -> Visible:
    """The end of the report: how far it came, and how to continue."""
    return paragraphs([lines(_standing(report, style)), lines(_next_steps(report.steps))])


def _standing(report: RolloutReport, style: Style) -> Iterator[Visible]:
    total = len(report.waves)
    if not total:
        yield visible(f"Nothing was changed.{_unverified(report)}")
        return
    if report.is_complete:
        projects = sum(len(each.wave.projects) for each in report.waves)
        yield visible(
            f"Rollout complete: {counted(total, 'wave')}, {counted(projects, 'project')}, "
            f"{report.waves[-1].state}.{_unverified(report)}"
        )
        return
    last = next(each for each in report.waves if not each.went_well)
    yield style(visible(f"Rollout stopped in wave {last.wave.number} of {total}."), "red")
    found: dict[WaveState, list[str]] = {}
    for each in report.waves:
        found.setdefault(each.state, []).extend(each.wave.projects.values())
    rows = [
        (f"  {state}", counted(len(keys), "project"), named(keys)) for state, keys in found.items()
    ]
    yield from columns(rows, [_STYLES.get(state, "red") for state in found], style)


def _unverified(report: RolloutReport) -> str:
    if not report.unverified:
        return ""
    was = "was" if report.unverified == 1 else "were"
    return f" {counted(report.unverified, 'connector')} needed no change and {was} not verified."


def _next_steps(steps: NextSteps) -> Iterator[Visible]:
    if steps.to_continue:
        yield visible(f"To continue:  {steps.to_continue}")
    if steps.to_roll_back:
        yield visible(f"To roll back: {steps.to_roll_back}")
        if steps.earlier:
            yield visible(f"  then, to roll back earlier runs: {named(steps.earlier)}")
    for each in steps.lost:
        yield visible(f"  cannot restore {each}")


def named(keys: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(keys[:MOST_NAMED])
    return f"{shown} and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else shown


def render_markdown(report: RolloutReport) -> Visible:
    """One row per wave, for a step summary, and how to continue."""
    head = ("Wave", "Projects", "State", "Delivered")
    rows = [
        (
            str(each.wave.number),
            named(list(each.wave.projects.values())),
            str(each.state),
            f"{_passed(each)} of {len(each.verdicts)}" if each.verdicts else "",
        )
        for each in report.waves
    ]
    steps = list(_next_steps(report.steps))
    fenced = block(f"```text\n{lines(steps).replace('```', '…')}\n```") if steps else visible("")
    return paragraphs([block("#### Waves"), markdown_table(head, rows), fenced])


def rollout_object(report: RolloutReport) -> dict[str, object]:
    """The waves as JSON values."""
    return {
        "waves": [
            {
                "number": each.wave.number,
                "state": str(each.state),
                "projects": list(each.wave.projects),
                "verification": [verdict_object(verdict) for verdict in each.verdicts],
            }
            for each in report.waves
        ],
        "to_go_on": report.steps.to_continue or None,
        "to_put_back": report.steps.to_roll_back or None,
        "not_restorable": list(report.steps.lost),
    }


def wave_numbers(report: RolloutReport) -> dict[str, int]:
    """The wave of each project, by id."""
    return {key: each.wave.number for each in report.waves for key in each.wave.projects}


def _passed(report: WaveReport) -> int:
    return sum(each.outcome is VerdictKind.PASSED for each in report.verdicts)
