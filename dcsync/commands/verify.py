"""`dcsync verify`: proves that events flow through the declared connectors."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cache

from dcsync.cloud import Client, Reader, Writer
from dcsync.cloud.clock import Clock
from dcsync.cloud.fleet import list_projects
from dcsync.errors import CloudError
from dcsync.formats import Format
from dcsync.model import DeclaredProject
from dcsync.options.of_events import VerifyOptions
from dcsync.render.verification import render
from dcsync.render.watching import duration_text
from dcsync.render.words import visible
from dcsync.session.connection import connect
from dcsync.session.events.event_filters import chosen_projects
from dcsync.session.output.console import Console
from dcsync.session.plans.planning import narrow_run
from dcsync.session.result import Result
from dcsync.session.runs.proving import settling
from dcsync.session.selection.declarations import load_unresolved
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.termination import terminable
from dcsync.watch.evidence import Evidence, Rules, Verdict, VerdictKind, is_proven
from dcsync.watch.merge import watching
from dcsync.watch.proof import gather, measure_first, provoke
from dcsync.watch.subjects import choose, in_order, interests_of


def run(options: VerifyOptions, console: Console) -> Result:
    """Load, list, measure, watch and measure again, judge, report."""
    connected = cache(lambda: connect(options.cloud, console))
    reader = cache(lambda: Reader(connected()))
    directory = Directory(reader)
    declarations = load_unresolved(options.selection.paths, console, directory)
    narrowing, _ = narrow_run(options.selection, declarations, None, directory)
    projects = chosen_projects(declarations, narrowing)
    ids = [project.project_id for project in projects]
    listings = list_projects(reader(), ids, options.cloud.parallelism)
    names = {} if options.format is Format.JSON else directory.names_of(ids)
    rules = Rules(options.min_events, options.sync)
    subjects = choose(projects, listings, rules)
    begun_s, interrupted = time.monotonic(), False
    try:
        with terminable():
            _gather(subjects.under_test, projects, connected(), options, console)
    except KeyboardInterrupt:
        interrupted = True
    waited = duration_text(time.monotonic() - begun_s)
    found = [each.verdict(waited) for each in subjects.under_test.values()]
    verdicts = in_order(projects, [*subjects.decided, *found])
    console.result(render(verdicts, options.format, console.style, names))
    return Result(
        failed=any(isinstance(each, CloudError) for each in listings.values()),
        missed=_is_unproven(verdicts, console, allow_quiet=options.allow_quiet),
        interrupted=interrupted,
    )


def _is_unproven(verdicts: Sequence[Verdict], console: Console, *, allow_quiet: bool) -> bool:
    if is_proven(verdicts, allow_quiet=allow_quiet):
        return False
    if all(each.outcome is VerdictKind.SKIPPED for each in verdicts):
        console.problem(visible("dcsync: nothing was verified; --allow-quiet accepts that"))
    return True


def _gather(
    under_test: Mapping[str, Evidence],
    projects: Sequence[DeclaredProject],
    client: Client,
    options: VerifyOptions,
    console: Console,
) -> None:
    if not under_test:
        return
    reader, clock = Reader(client), Clock()
    if options.sync and options.settle:
        console.note(settling(options.settle))
        clock.sleep(options.settle)
    end_s = clock.now_s() + options.patience
    console.note(visible(f"verifying for up to {duration_text(options.patience)}"))
    measure_first(reader, under_test.values())
    if options.sync:
        provoke(Writer(client), under_test.values())
    with watching(reader, interests_of(projects, under_test), clock) as watched:
        gather(watched, reader, under_test, clock, end_s)
