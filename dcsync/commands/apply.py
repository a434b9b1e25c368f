"""`dcsync apply`: plans, shows the plan, asks, executes, reports."""

from __future__ import annotations

from functools import cache, partial

from dcsync.options.of_plans import ApplyOptions
from dcsync.plan.make import bring_in_sync
from dcsync.session.connection import connect
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.plans.planning import Run, load_run, make_plan, name_projects
from dcsync.session.result import Result
from dcsync.session.reversal.reversing import reverse_plan
from dcsync.session.runs import execution
from dcsync.session.runs.holding import reason_to_hold
from dcsync.session.runs.preflight import missing_permissions
from dcsync.session.runs.preparing import prepare
from dcsync.session.runs.saved_plan import expect
from dcsync.session.selection.directory import Directory
from dcsync.session.signals.stopping import Interruption


def run(options: ApplyOptions, console: Console) -> Result:
    """Load, list, plan, show, approve, execute, report."""
    progress = Progress(console)
    client = cache(lambda: connect(options.cloud, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        expected, options = expect(options)
        back = expected.back if expected else None
        directory = Directory(reader)
        this = back.run if back else _load(options, progress, directory)
        with progress.of("listing", len(this.projects)):
            planned = make_plan(
                this,
                reader(),
                parallelism=options.cloud.parallelism,
                allowances=options.allowances,
                meter=reader(),
                weighs_all=options.impact,
                planner=back.planner if back else bring_in_sync,
            )
        if expected:
            expected.require(planned.plan, options)
        is_reviewed = expected is not None and back is None
        asks = execution.is_read(options, is_reviewed=is_reviewed)
        planned = name_projects(planned, this, directory, asks=asks)
        execution.show(planned.plan, options.format, options.view, progress)
        declarations = back.declarations(planned.live) if back else this.declarations
        reverse = reverse_plan(planned, this, options)
        rollout = prepare(
            planned, this, declarations, options, client(), progress, interruption, reverse
        )
        by_now = partial(reason_to_hold, planned.plan.operations, planned, this, options, client())
        reason = execution.reason_not_to(
            planned.plan, options, progress, by_now, is_reviewed=is_reviewed
        )
        reason = reason or missing_permissions(
            planned.plan, client(), options.cloud.parallelism, progress.console
        )
        if reason:
            return execution.refuse(planned.plan, reason, options, progress)
        if reverse:
            reverse.save(progress.console)
        return execution.carry_out(
            planned, declarations, options, client(), progress, interruption, rollout
        )


def _load(options: ApplyOptions, progress: Progress, directory: Directory) -> Run:
    return load_run(
        options.selection,
        options.base,
        progress.console,
        directory,
        base_from=options.base_from,
    )
