"""`dcsync sync`: calls :sync for the connectors that are named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import assert_never

from dcsync.apply import Outcome, Sync, sync_all, syncs_of
from dcsync.cloud import Reader, Writer
from dcsync.cloud.fleet import list_projects
from dcsync.formats import Format, PlanFormat
from dcsync.model import Declarations
from dcsync.options.of_plans import SyncOptions
from dcsync.plan import Narrowing
from dcsync.render.outcomes import outcome_json, outcome_markdown, outcome_text
from dcsync.render.words import Visible
from dcsync.session.connection import connect
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import narrow_run
from dcsync.session.result import Result
from dcsync.session.runs.reporting import RunReport
from dcsync.session.selection.declarations import load_unresolved
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption


def run(options: SyncOptions, console: Console) -> Result:
    """Load, list, find the connectors, sync, report."""
    progress = Progress(console)
    client = cache(lambda: connect(options.cloud, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        directory = Directory(reader)
        declarations = load_unresolved(options.selection.paths, progress.console, directory)
        narrowing, _ = narrow_run(options.selection, declarations, None, directory)
        syncs = _find(declarations, narrowing, reader(), options, progress)
        report = _report(options, progress)
        interruption.begin()
        with progress.of("syncing", len(syncs)):
            running = sync_all(
                syncs,
                Writer(client()),
                parallelism=options.cloud.parallelism,
                clock=time.monotonic,
                stopped=lambda: interruption.asked,
                starting=lambda each: progress.start(outcome_text.subject(each)),
            )
            outcomes = list(report.follow(running))
        return report.finish(outcomes, interrupted=interruption.asked)


def _find(
    declarations: Declarations,
    narrowing: Narrowing,
    reader: Reader,
    options: SyncOptions,
    progress: Progress,
) -> Sequence[Sync]:
    """The named connectors, found in a listing of each of their projects."""
    projects = [
        each
        for each in declarations.projects
        if narrowing.takes_project(each)
        and any(narrowing.takes(declared.address) for declared in each.connectors)
    ]
    with progress.of("listing", len(projects)):
        ids = [each.project_id for each in projects]
        listings = list_projects(reader, ids, options.cloud.parallelism)
    return [
        each
        for project in projects
        for each in syncs_of(project, narrowing, listings[project.project_id])
    ]


def _report(options: SyncOptions, progress: Progress) -> RunReport:
    return RunReport(
        options.format,
        options.selection.paths,
        progress,
        outcome_text.sync_tally,
        _renderer(options.format),
        outcome_markdown.render_syncs,
    )


def _renderer(format: PlanFormat) -> Callable[[Sequence[Outcome]], Visible]:
    match format:
        case Format.TEXT | Format.JSON:
            return outcome_json.render_syncs
        case Format.MARKDOWN:
            return outcome_markdown.render_syncs
        case _:
            assert_never(format)
