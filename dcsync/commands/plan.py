"""`dcsync plan`: what apply would do. Holds a client without write methods."""

from __future__ import annotations

from functools import cache

from dcsync import declare
from dcsync.formats import Format
from dcsync.options.of_plans import PlanOptions
from dcsync.render.words import visible
from dcsync.session.connection import connect
from dcsync.session.output.console import Console
from dcsync.session.output.github import report_plan
from dcsync.session.output.progress import Progress
from dcsync.session.plans.plan_output import save_plan, show_plan
from dcsync.session.plans.planning import load_run, make_plan, name_projects
from dcsync.session.result import Result
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption


def run(options: PlanOptions, console: Console) -> Result:
    """Load, list, plan, render, save."""
    progress = Progress(console)
    reader = cache(lambda: progress.reader(connect(options.cloud, progress.console)))
    unset = declare.References.ALLOW_UNSET if options.allow_unset else declare.References.RESOLVE
    with Interruption():
        directory = Directory(reader)
        base, base_from = options.base, options.base_from
        this = load_run(options.selection, base, console, directory, unset, base_from)
        with progress.of("listing", len(this.projects)):
            planned = make_plan(
                this,
                reader(),
                parallelism=options.cloud.parallelism,
                allowances=options.allowances,
                meter=reader(),
                weighs_all=options.impact,
            )
        asks = options.format is not Format.JSON
        plan = name_projects(planned, this, directory, asks=asks).plan
    show_plan(plan, options.format, options.view, console)
    report_plan(plan, console)
    if options.out and not plan.is_whole:
        console.problem(visible(f"dcsync: {options.out}: not saved: the plan is incomplete"))
    elif options.out:
        save_plan(plan, this, options, options.out, console)
    return Result(
        failed=bool(plan.problems),
        refused=bool(plan.guards) or plan.count("blocked") > 0,
        has_changes=options.detailed_exitcode and plan.has_changes,
    )
