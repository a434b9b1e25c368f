"""`dcsync status`: each declared connector's live status, deliveries and drift."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import assert_never

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.formats import Format, StatusFormat
from dcsync.options import Allowances, StatusOptions
from dcsync.render import status_html, status_text
from dcsync.render.words import Visible, visible
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.declarations import paths_of
from dcsync.session.directory import Directory
from dcsync.session.planning import Run, make_plan, narrow_run
from dcsync.session.problems import tell
from dcsync.session.result import Result
from dcsync.session.wishes import chosen_projects
from dcsync.watch.measuring import measure_all
from dcsync.watch.standing import Standing, pairs_of, stand


def run(options: StatusOptions, console: Console) -> Result:
    """Load, list, plan, measure, show. Unset variables leave their fields uncompared."""
    reader = cache(lambda: Reader(connect(options.cloud, console)))
    directory = Directory(reader)
    declarations = declare.load(
        paths_of(options.selection.paths),
        environ=os.environ,
        references=declare.References.ALLOW_UNSET,
        discover=directory,
    )
    tell(declarations.warnings, console)
    narrowing, since = narrow_run(options.selection, declarations, None, directory)
    projects = chosen_projects(declarations, narrowing)
    parallelism = options.cloud.parallelism
    planned = make_plan(
        Run(declarations, None, narrowing, "", since),
        reader(),
        parallelism=parallelism,
        allowances=Allowances(),  # the plan is never carried out
    )
    tell((*planned.plan.warnings, *planned.plan.problems), console)
    pairs = pairs_of(projects, planned.live)
    standings = stand(pairs, planned.plan, measure_all(pairs, reader(), parallelism))
    console.result(_render(standings, options.format, console))
    bad = [each for each in standings if not set(each.conditions).isdisjoint(options.fail_on)]
    for each in bad:
        held = ", ".join(health for health in each.conditions if health in options.fail_on)
        console.problem(visible(f"dcsync: {each.address} is {held}"))
    return Result(failed=any(each.trouble for each in standings), missed=bool(bad))


def _render(standings: Sequence[Standing], format: StatusFormat, console: Console) -> Visible:
    match format:
        case Format.JSON:
            return status_text.render_json(standings)
        case Format.MARKDOWN:
            return status_text.render_markdown(standings)
        case Format.HTML:
            return status_html.render(standings, datetime.fromtimestamp(time.time(), UTC))
        case Format.TEXT:
            return status_text.render_text(standings, console.style)
        case _:
            assert_never(format)
