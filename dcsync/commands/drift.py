"""`dcsync drift`: live against what was applied last. Holds a client without write methods."""

from __future__ import annotations

from functools import cache

from dcsync.formats import Format
from dcsync.options import DriftOptions
from dcsync.render.drift import drift_markdown
from dcsync.session.connection import connect
from dcsync.session.drift.drift_output import show_drift
from dcsync.session.drift.drifting import compare, load_acceptances, load_sides, name_projects
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
    show_drift(report, options.format, console)
    annotate([*report.problems, *report.warnings], console)
    add_to_summary(lambda: drift_markdown.render_report(report), console)
    return Result(failed=bool(report.problems), has_changes=report.has_drift)
