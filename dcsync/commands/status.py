"""`dcsync status`: each declared connector's live status, deliveries and drift."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.model import Declarations
from dcsync.render import status_html, status_text
from dcsync.render.words import Visible, visible
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.declarations import paths_of
from dcsync.session.discovery import discover_with, load_fleets
from dcsync.session.planning import Run, make_plan, narrow_run
from dcsync.session.problems import tell
from dcsync.session.result import Result
from dcsync.session.wishes import chosen_projects
from dcsync.watch.measuring import measure_all
from dcsync.watch.standing import Standing, pairs_of, stand


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, measure, show. Unset variables leave their fields uncompared."""
    reader = cache(lambda: Reader(connect(arguments, console)))

    def load(discover: declare.Discover) -> Declarations:
        allow_unset = declare.References.ALLOW_UNSET
        paths = paths_of(arguments)
        return declare.load(paths, environ=os.environ, references=allow_unset, discover=discover)

    discover = discover_with(reader)
    declarations = load_fleets(load, discover)
    tell(declarations.warnings, console)
    narrowing, since = narrow_run(arguments, declarations, None, discover)
    projects = chosen_projects(declarations, narrowing)
    planned = make_plan(Run(declarations, None, narrowing, "", since), arguments, reader())
    tell((*planned.plan.warnings, *planned.plan.problems), console)
    pairs = pairs_of(projects, planned.live)
    standings = stand(pairs, planned.plan, measure_all(pairs, reader(), arguments.parallelism))
    console.result(_render(standings, arguments, console))
    bad = [each for each in standings if not set(each.conditions).isdisjoint(arguments.fail_on)]
    for each in bad:
        held = ", ".join(health for health in each.conditions if health in arguments.fail_on)
        console.problem(visible(f"dcsync: {each.address} is {held}"))
    return Result(failed=any(each.trouble for each in standings), missed=bool(bad))


def _render(
    standings: Sequence[Standing], arguments: argparse.Namespace, console: Console
) -> Visible:
    match arguments.format:
        case "json":
            return status_text.render_json(standings)
        case "markdown":
            return status_text.render_markdown(standings)
        case "html":
            return status_html.render(standings, datetime.fromtimestamp(time.time(), UTC))
        case _:
            return status_text.render_text(standings, console.style)
