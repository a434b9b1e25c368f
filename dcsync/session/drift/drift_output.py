"""Prints the result of `drift` in the chosen format."""

from __future__ import annotations

from typing import assert_never

from dcsync.drift import DriftReport
from dcsync.formats import Format, PlanFormat
from dcsync.render.drift import drift_json, drift_markdown, drift_text
from dcsync.session.output.console import Console


def show_drift(report: DriftReport, format: PlanFormat, console: Console) -> None:
    """Print the report as the result of the command."""
    match format:
        case Format.JSON:
            console.result(drift_json.render_report(report))
        case Format.MARKDOWN:
            console.result(drift_markdown.render_report(report))
        case Format.TEXT:
            console.result(drift_text.render_report(report, console.style))
        case _:
            assert_never(format)
