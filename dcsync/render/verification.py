"""Renders a verification as lines, JSON or Markdown. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from dcsync.formats import Format, PlanFormat
from dcsync.render.naming import NO_NAMES, Names, inside
from dcsync.render.tables import columns, markdown_table
from dcsync.render.words import Style, Visible, block, json_text, lines, paragraphs, visible
from dcsync.watch.evidence import Verdict, VerdictKind

FORMAT_VERSION = 1

STYLES = {
    VerdictKind.PASSED: "green",
    VerdictKind.FAILED: "red",
    VerdictKind.QUIET: "yellow",
    VerdictKind.SKIPPED: "dim",
}


def render(
    verdicts: Sequence[Verdict], format: PlanFormat, style: Style, names: Names = NO_NAMES
) -> Visible:
    """The verdicts in the chosen format; `names` are display names by project id."""
    match format:
        case Format.JSON:
            return render_json(verdicts)
        case Format.MARKDOWN:
            return render_markdown(verdicts, names)
        case Format.TEXT:
            return render_text(verdicts, style, names)
        case _:
            assert_never(format)


def render_text(verdicts: Sequence[Verdict], style: Style, names: Names = NO_NAMES) -> Visible:
    """One line per connector, in the order of the files, and the count of each outcome."""
    projects = [_project(each, names) for each in verdicts]
    rows = [
        (str(each.outcome), each.address, *([project] if any(projects) else []), each.reason)
        for each, project in zip(verdicts, projects, strict=True)
    ]
    table = columns(rows, [STYLES[each.outcome] for each in verdicts], style)
    return lines([*table, _summary_text(verdicts)])


def render_json(verdicts: Sequence[Verdict]) -> Visible:
    content = {
        "format_version": FORMAT_VERSION,
        "summary": _summary(verdicts),
        "connectors": [verdict_object(each) for each in verdicts],
    }
    return json_text(content)


def verdict_object(verdict: Verdict) -> dict[str, object]:
    """One verdict as JSON values."""
    return {
        "address": verdict.address,
        "project_id": verdict.project_id,
        "data_connector_id": verdict.data_connector_id,
        "outcome": str(verdict.outcome),
        "reason": verdict.reason,
        "events": verdict.events,
        "successes": verdict.successes,
        "errors": verdict.errors,
    }


def render_markdown(verdicts: Sequence[Verdict], names: Names = NO_NAMES) -> Visible:
    """A table for a step summary or a comment."""
    head = ("Outcome", "Connector", "Events", "2xx", "Errors", "Reason")
    rows = [
        (
            str(each.outcome),
            f"{each.address} {_project(each, names)}".rstrip(),
            str(each.events),
            str(each.successes),
            str(each.errors),
            each.reason,
        )
        for each in verdicts
    ]
    table = markdown_table(head, rows)
    return paragraphs([block("### dcsync verify"), table, _summary_text(verdicts)])


def _project(verdict: Verdict, names: Names) -> str:
    """`in "Store Oslo"`, if the name is known and not in the address."""
    key = verdict.address.partition("/")[0]
    return inside(key, {key: names.get(verdict.project_id, "")}).strip()


def _summary(verdicts: Sequence[Verdict]) -> dict[str, int]:
    order = (VerdictKind.PASSED, VerdictKind.FAILED, VerdictKind.QUIET, VerdictKind.SKIPPED)
    return {str(each): sum(v.outcome is each for v in verdicts) for each in order}


def _summary_text(verdicts: Sequence[Verdict]) -> Visible:
    counts = ", ".join(f"{count} {name}" for name, count in _summary(verdicts).items())
    return visible(f"Verify: {counts}.")
