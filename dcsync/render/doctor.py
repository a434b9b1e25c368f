"""Renders the findings of `doctor` as lines or JSON. Returns strings, prints nothing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from dcsync.dataclass import replace
from dcsync.doctor import Finding, FindingSeverity
from dcsync.render.words import Style, Visible, counted, json_text, lines, padded, row, visible

FORMAT_VERSION = 1
_STYLES = {
    FindingSeverity.BROKEN: "red",
    FindingSeverity.WARNING: "yellow",
    FindingSeverity.NOT_SEEN: "dim",
    FindingSeverity.OK: "green",
}
_MOST_NAMED = 3
_WORD_WIDTH = len(FindingSeverity.NOT_SEEN)
_NARROWEST = 30


def render_text(findings: Sequence[Finding], style: Style, columns: int | None = None) -> Visible:
    """The worst first, each with its remedy below; equal findings are grouped."""
    grouped = list(_together(findings))
    width = max((len(each.check) for each in grouped), default=0)
    return lines([*(_finding(each, width, style, columns) for each in grouped), _tally(findings)])


def render_json(findings: Sequence[Finding]) -> Visible:
    """Every finding separately, in the same order."""
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "summary": {str(each): _count(findings, each) for each in FindingSeverity},
            "findings": [
                {
                    "check": each.check,
                    "severity": str(each.severity),
                    "subjects": list(each.subjects),
                    "evidence": each.evidence,
                    "remedy": each.remedy or None,
                }
                for each in findings
            ],
        }
    )


def _together(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Merges equal findings of several subjects, and checks that were skipped for one reason."""
    found: dict[tuple[str, Finding], list[Finding]] = {}
    for each in findings:
        check = "" if each.severity is FindingSeverity.NOT_SEEN else each.check
        found.setdefault((check, replace(each, check="", subjects=())), []).append(each)
    for (_, finding), same in found.items():
        checks = list(dict.fromkeys(each.check for each in same))
        subjects = tuple(dict.fromkeys(subject for each in same for subject in each.subjects))
        if len(checks) == 1:
            yield replace(finding, check=checks[0], subjects=subjects)
        else:
            evidence = f"{', '.join(checks)}: {finding.evidence}"
            yield replace(finding, check=counted(len(checks), "check"), evidence=evidence)


def _finding(finding: Finding, width: int, style: Style, columns: int | None) -> Visible:
    word = padded(visible(finding.severity.name.replace("_", " ")), _WORD_WIDTH)
    head = [style(word, _STYLES[finding.severity]), padded(visible(finding.check), width)]
    about = f"{_named(finding.subjects)}: " if finding.subjects else ""
    indent = _WORD_WIDTH + width + 4
    room = max(columns - indent, _NARROWEST) if columns else None
    first, *others = _wrapped(f"{about}{finding.evidence}", room)
    if finding.remedy:
        others += _wrapped(f"-> {finding.remedy}", room)
    below = (visible(f"{'':{indent}}{each}") for each in others)
    return lines([row([*head, first]), *below])


def _wrapped(text: str, room: int | None) -> list[Visible]:
    """The string wrapped to `room` characters; one line without a limit."""
    shown = visible(text)
    parts = textwrap.wrap(shown, room, break_on_hyphens=False) if room else [shown]
    return [visible(each) for each in parts] or [shown]


def _named(subjects: Sequence[str]) -> str:
    shown = ", ".join(subjects[:_MOST_NAMED])
    more = len(subjects) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _tally(findings: Sequence[Finding]) -> Visible:
    broken, warnings, not_seen, ok = (_count(findings, each) for each in FindingSeverity)
    return visible(
        f"Doctor: {broken} broken, {counted(warnings, 'warning')}, {not_seen} not seen, {ok} ok."
    )


def _count(findings: Sequence[Finding], severity: FindingSeverity) -> int:
    return sum(each.severity is severity for each in findings)
