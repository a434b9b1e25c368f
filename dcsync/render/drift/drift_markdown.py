"""Formats drift for an issue or a step summary. Returns strings, prints nothing.

Everything that others wrote is inside code fences, as in a plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.drift import Drift, DriftReport
from dcsync.render.drift.drift_text import field_line, headline, pending_line, remark_lines, tally
from dcsync.render.naming import Names
from dcsync.render.plans.plan_lines import unmanaged_line
from dcsync.render.plans.plan_markdown import NOTE_SIZE, SIZE_LIMIT, section
from dcsync.render.words import Visible, block, lines, paragraphs, visible

MARKER = "<!-- dcsync-drift -->"


def render_report(report: DriftReport) -> Visible:
    """Marker, tally, what could not be read, drift, pending changes, what does not count."""
    title = block(f"{MARKER}\n### dcsync drift{', incomplete' if report.problems else ''}")
    remarks = [visible(str(each)) for each in (*report.problems, *report.warnings)]
    read_this = section("Warnings", "text", remarks, SIZE_LIMIT // 4)
    parts = [paragraphs([title, tally(report), read_this])]
    room = SIZE_LIMIT - len(parts[0]) - 4 * NOTE_SIZE
    for name, language, blocks in (
        ("Drift", "diff", [lines(_drift(each, report.names)) for each in report.judged.drifts]),
        ("Accepted, expired, not compared", "text", list(remark_lines(report))),
        ("Pending: declared, and not applied yet", "text", list(map(pending_line, report.pending))),
        (
            "Left alone",
            "text",
            [unmanaged_line(each, names=report.names) for each in report.unmanaged],
        ),
    ):
        parts.append(section(name, language, blocks, room))
        room -= len(parts[-1])
    return paragraphs(parts)


def _drift(drift: Drift, names: Names) -> Iterator[Visible]:
    yield visible(f"@@ {headline(drift, names)} @@")
    yield from (visible(f"! {field_line(each)}") for each in drift.fields)
