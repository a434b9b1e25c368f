"""`dcsync destroy`: deletes the declared connectors, under the guards of `apply`."""

from __future__ import annotations

from functools import cache, partial

from dcsync.options.of_plans import DestroyOptions
from dcsync.plan.destroy import destroy
from dcsync.session.connection import connect
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import Run, make_plan, name_projects, narrow_run
from dcsync.session.result import Result
from dcsync.session.runs import execution
from dcsync.session.runs.holding import reason_to_hold
from dcsync.session.runs.preflight import missing_permissions
from dcsync.session.selection.declarations import load_unresolved
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption


def run(options: DestroyOptions, console: Console) -> Result:
    """Load, list, plan, show, approve, execute, report."""
    progress = Progress(console)
    client = cache(lambda: connect(options.cloud, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        directory = Directory(reader)
        declarations = load_unresolved(options.selection.paths, progress.console, directory)
        narrowing, since = narrow_run(options.selection, declarations, None, directory)
        this = Run(declarations, None, narrowing, base="", changed_since=since)
        with progress.of("listing", len(this.projects)):
            planned = make_plan(
                this,
                reader(),
                parallelism=options.cloud.parallelism,
                allowances=options.allowances,
                meter=reader(),
                planner=destroy,
            )
        asks = execution.is_read(options)
        planned = name_projects(planned, this, directory, asks=asks)
        execution.show(planned.plan, options.format, options.view, progress)
        by_now = partial(reason_to_hold, planned.plan.operations, planned, this, options, client())
        reason = execution.reason_not_to(planned.plan, options, progress, by_now)
        reason = reason or missing_permissions(
            planned.plan, client(), options.cloud.parallelism, progress.console
        )
        if reason:
            return execution.refuse(planned.plan, reason, options, progress)
        return execution.carry_out(planned, declarations, options, client(), progress, interruption)
