"""`dcsync sync`: calls :sync for the connectors that are named."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import cache

from dcsync.apply import Sync, sync_all, syncs_of
from dcsync.cloud import Reader, Writer
from dcsync.cloud.fleet import list_projects
from dcsync.model import Declarations
from dcsync.plan import Narrowing
from dcsync.render import outcome_json, outcome_markdown, outcome_text
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.discovery import discover_with, load_unresolved
from dcsync.session.planning import narrow_run
from dcsync.session.progress import Progress
from dcsync.session.reporting import Report
from dcsync.session.result import Result
from dcsync.session.stopping import Interruption


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, find the connectors, sync, report."""
    progress = Progress(console)
    client = cache(lambda: connect(arguments, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        declarations = load_unresolved(arguments, progress.console, reader)
        narrowing, _ = narrow_run(arguments, declarations, None, discover_with(reader))
        syncs = _find(declarations, narrowing, reader(), arguments, progress)
        report = _report(arguments, progress)
        interruption.begin()
        with progress.of("syncing", len(syncs)):
            running = sync_all(
                syncs,
                Writer(client()),
                parallelism=arguments.parallelism,
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
    arguments: argparse.Namespace,
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
        listings = list_projects(reader, ids, arguments.parallelism)
    return [
        each
        for project in projects
        for each in syncs_of(project, narrowing, listings[project.project_id])
    ]


def _report(arguments: argparse.Namespace, progress: Progress) -> Report:
    renderer = outcome_markdown if arguments.format == "markdown" else outcome_json
    return Report(
        arguments,
        progress,
        outcome_text.sync_tally,
        renderer.render_syncs,
        outcome_markdown.render_syncs,
    )
