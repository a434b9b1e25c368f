"""`dcsync drift`: live against what was applied last. Holds a client without write methods."""

from __future__ import annotations

from functools import cache
from typing import assert_never

from dcsync.drift import DriftReport
from dcsync.formats import Format, PlanFormat
from dcsync.options.of_plans import DriftOptions
from dcsync.render.drift import drift_json, drift_markdown, drift_text
from dcsync.session.connection import connect
from dcsync.session.drifting import compare, load_acceptances, load_sides, name_projects
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import annotate
from dcsync.session.output.github import add_to_summary
from dcsync.session.output.progress import Progress
from dcsync.session.result import Result
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption


def run(options: DriftOptions, console: Console) -> Result:
    """Load both revisions, list, compare, show. Drift alone is exit code 2."""
    progress = Progress(console)
    reader = cache(lambda: progress.reader(connect(options.cloud, progress.console)))
    with Interruption():
        acceptances = load_acceptances(options.accepted)
        directory = Directory(reader)
        compared = load_sides(options, progress.console, directory)
        with progress.of("listing", len(compared.sides)):
            report = compare(compared, reader(), options, acceptances)
        report = name_projects(report, directory, asks=options.format is not Format.JSON)
    _show(report, options.format, console)
    annotate([*report.problems, *report.warnings], console)
    add_to_summary(lambda: drift_markdown.render_report(report), console)
    return Result(failed=bool(report.problems), has_changes=report.has_drift)


def _show(report: DriftReport, format: PlanFormat, console: Console) -> None:
    match format:
        case Format.JSON:
            console.result(drift_json.render_report(report))
        case Format.MARKDOWN:
            console.result(drift_markdown.render_report(report))
        case Format.TEXT:
            console.result(drift_text.render_report(report, console.style))
        case _:
            assert_never(format)
