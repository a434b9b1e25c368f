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
    """And nobody asked for proof."""
    NOT_PROVEN = "not proven"
    FAILED = "failed"
    """Not all of its operations were done."""
    HELD_BACK = "held back"
    """A guard has come to hold since the plan was made."""
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
class WaysOn:
    """Commands to continue after a rollout that stopped; "" if there is none."""

    go_on: str = ""
    put_back: str = ""
    lost: tuple[str, ...] = ()
    """What putting back cannot restore."""
    earlier: tuple[str, ...] = ()
    """Files that earlier runs saved, the newest first."""


@dataclass(frozen=True, slots=True)
class RolloutReport:
    """All waves of a run, and how to continue."""

    waves: tuple[WaveReport, ...]
    ways: WaysOn
    unverified: int = 0
    """Connectors that needed no change, and so were not verified."""

    @property
    def is_complete(self) -> bool:
        return all(each.went_well for each in self.waves)


def render_division(waves: Waves, *, is_verified: bool) -> Visible:
    """The waves, for the approval prompt."""
    *first, last = [str(len(each.projects)) for each in waves.waves]
    proof = ", each verified before the next" if is_verified else ", one after the other"
    return visible(
        f"{counted(len(waves.waves), 'wave')} of {', '.join(first)} and {last} projects{proof}."
    )


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
    more = [visible(f"passed  {len(passed)} connectors")] if len(passed) > MOST_PASSED else []
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
    return paragraphs([lines(_standing(report, style)), lines(_ways(report.ways))])


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


def _ways(ways: WaysOn) -> Iterator[Visible]:
    if ways.go_on:
        yield visible(f"To go on:    {ways.go_on}")
    if ways.put_back:
        yield visible(f"To put back: {ways.put_back}")
        if ways.earlier:
            yield visible(f"  then, what earlier runs changed: {named(ways.earlier)}")
    for each in ways.lost:
        yield visible(f"  which cannot restore {each}")


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
    ways = list(_ways(report.ways))
    fenced = block(f"```text\n{lines(ways).replace('```', '…')}\n```") if ways else visible("")
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
        "to_go_on": report.ways.go_on or None,
        "to_put_back": report.ways.put_back or None,
        "not_restorable": list(report.ways.lost),
    }


def wave_numbers(report: RolloutReport) -> dict[str, int]:
    """The wave of each project, by id."""
    return {key: each.wave.number for each in report.waves for key in each.wave.projects}


def _passed(report: WaveReport) -> int:
    return sum(each.outcome is VerdictKind.PASSED for each in report.verdicts)
