"""`dcsync plan`: what apply would do. Holds a client without write methods."""

from __future__ import annotations

import argparse
from functools import cache

from dcsync.render.words import visible
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.github import report_plan
from dcsync.session.plan_output import save_plan, show_plan
from dcsync.session.planning import load_run, make_plan
from dcsync.session.progress import Progress
from dcsync.session.result import Result
from dcsync.session.stopping import Interruption


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, render, save."""
    progress = Progress(console)
    reader = cache(lambda: progress.reader(connect(arguments, progress.console)))
    with Interruption():
        this = load_run(arguments, console, reader)
        with progress.of("listing", len(this.projects)):
            plan = make_plan(this, arguments, reader()).plan
    show_plan(plan, arguments.format, console)
    report_plan(plan, console)
    if arguments.out and not plan.is_whole:
        console.problem(visible(f"dcsync: {arguments.out}: not saved: the plan is incomplete"))
    elif arguments.out:
        save_plan(plan, this, arguments, console)
    return Result(
        failed=bool(plan.problems),
        refused=bool(plan.guards) or plan.count("blocked") > 0,
        has_changes=arguments.detailed_exitcode and plan.has_changes,
    )
