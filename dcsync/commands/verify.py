"""`dcsync verify`: proves that events flow through the declared connectors."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from functools import cache

from dcsync.cloud import Client, Reader, Writer
from dcsync.cloud.clock import Clock
from dcsync.cloud.fleet import list_projects
from dcsync.commands.connection import connect
from dcsync.commands.console import Console
from dcsync.commands.declarations import narrow
from dcsync.commands.discovery import load_unresolved
from dcsync.commands.result import Result
from dcsync.commands.termination import terminable
from dcsync.commands.wishes import chosen_projects
from dcsync.errors import CloudError
from dcsync.model import DeclaredProject
from dcsync.render import verification
from dcsync.render.watching import duration_text
from dcsync.watch import Interest, Wish, interest_of, watching
from dcsync.watch.evidence import Evidence, Outcome, Rules, Verdict
from dcsync.watch.proof import gather, measure_first, provoke
from dcsync.watch.subjects import choose


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, measure, watch and measure again, judge, report."""
    connected = cache(lambda: connect(arguments, console))
    declarations = load_unresolved(arguments, console, lambda: Reader(connected()))
    projects = chosen_projects(declarations, narrow(arguments, declarations))
    client = connected()
    ids = [project.project_id for project in projects]
    listings = list_projects(Reader(client), ids, arguments.parallelism)
    rules = Rules(arguments.min_events, arguments.sync)
    subjects = choose(projects, listings, rules)
    begun_s, interrupted = time.monotonic(), False
    try:
        with terminable():
            _gather(subjects.under_test, projects, client, arguments, console)
    except KeyboardInterrupt:
        interrupted = True
    waited = duration_text(time.monotonic() - begun_s)
    found = [each.verdict(waited) for each in subjects.under_test.values()]
    verdicts = _in_order(projects, [*subjects.decided, *found])
    console.result(_render(verdicts, arguments, console))
    unproved = {Outcome.FAILED} if arguments.allow_quiet else {Outcome.FAILED, Outcome.QUIET}
    return Result(
        failed=any(isinstance(each, CloudError) for each in listings.values()),
        missed=any(each.outcome in unproved for each in verdicts),
        interrupted=interrupted,
    )


def _gather(
    under_test: Mapping[str, Evidence],
    projects: Sequence[DeclaredProject],
    client: Client,
    arguments: argparse.Namespace,
    console: Console,
) -> None:
    if not under_test:
        return
    reader, clock = Reader(client), Clock()
    end_s = clock.now_s() + arguments.patience
    console.note(f"verifying for up to {duration_text(arguments.patience)}")
    measure_first(reader, under_test.values())
    if arguments.sync:
        provoke(Writer(client), under_test.values())
    with watching(reader, _interests(projects, under_test), clock) as watched:
        gather(watched, reader, under_test, clock, end_s)


def _interests(
    projects: Sequence[DeclaredProject], under_test: Mapping[str, Evidence]
) -> dict[str, list[Interest]]:
    """What each connector delivers: labels are only forwarded, they choose no devices."""
    interests = {
        project.project_id: [
            interest_of(declared, Wish(all_devices=True))
            for declared in project.connectors
            if declared.address in under_test
        ]
        for project in projects
    }
    return {project_id: each for project_id, each in interests.items() if each}


def _in_order(projects: Sequence[DeclaredProject], verdicts: Sequence[Verdict]) -> list[Verdict]:
    by_address = {each.address: each for each in verdicts}
    return [by_address[each.address] for project in projects for each in project.connectors]


def _render(verdicts: Sequence[Verdict], arguments: argparse.Namespace, console: Console) -> str:
    match arguments.format:
        case "json":
            return verification.render_json(verdicts)
        case "markdown":
            return verification.render_markdown(verdicts)
        case _:
            return verification.render_text(verdicts, console.style)
