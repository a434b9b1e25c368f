"""`dcsync destroy`: deletes the declared connectors, under the guards of `apply`."""

from __future__ import annotations

import argparse
from functools import cache

from dcsync.plan.destroy import destroy
from dcsync.session import execution
from dcsync.session.connection import connect
from dcsync.session.console import Console
from dcsync.session.discovery import discover_with, load_unresolved
from dcsync.session.planning import Run, make_plan, narrow_run
from dcsync.session.progress import Progress
from dcsync.session.result import Result
from dcsync.session.stopping import Interruption


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, show, approve, execute, report."""
    progress = Progress(console)
    client = cache(lambda: connect(arguments, progress.console))
    reader = cache(lambda: progress.reader(client()))
    with Interruption() as interruption:
        declarations = load_unresolved(arguments, progress.console, reader)
        narrowing, since = narrow_run(arguments, declarations, None, discover_with(reader))
        this = Run(declarations, None, narrowing, base="", changed_since=since)
        with progress.of("listing", len(this.projects)):
            planned = make_plan(this, arguments, reader(), destroy)
        execution.show(planned.plan, arguments, progress)
        approved = arguments.auto_approve
        reason = execution.reason_not_to(planned.plan, arguments, progress, approved=approved)
        if reason:
            return execution.refuse(planned.plan, reason, arguments, progress)
        return execution.carry_out(
            planned, declarations, arguments, client(), progress, interruption
        )
