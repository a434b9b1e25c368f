"""`dcsync apply`: plans, shows the plan, asks, executes, reports."""

from __future__ import annotations

import argparse
from functools import cache

from dcsync.session import execution
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.planning import load_run, make_plan
from dcsync.session.progress import Progress
from dcsync.session.result import Result
from dcsync.session.saved_plan import expect
from dcsync.session.stopping import Interruption


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, show, approve, execute, report."""
    progress = Progress(console)
    client = cache(lambda: connect(arguments, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        expected = expect(arguments)
        this = load_run(arguments, progress.console, reader)
        with progress.of("listing", len(this.projects)):
            planned = make_plan(this, arguments, reader())
        if expected:
            expected.require(planned.plan, arguments)
        execution.show(planned.plan, arguments, progress)
        approved = arguments.auto_approve or expected is not None
        reason = execution.reason_not_to(planned.plan, arguments, progress, approved=approved)
        if reason:
            return execution.refuse(planned.plan, reason, arguments, progress)
        return execution.carry_out(
            planned, this.declarations, arguments, client(), progress, interruption
        )
