"""`dcsync apply`: plans, shows the plan, asks, executes, reports."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from functools import cache

from dcsync.apply import Engine, Outcome, Status
from dcsync.cloud import Reader, Writer
from dcsync.commands.connection import connect
from dcsync.commands.console import Console
from dcsync.commands.planning import load_run, make_plan
from dcsync.commands.result import Result
from dcsync.commands.saved_plan import expect
from dcsync.commands.stopping import stopping
from dcsync.plan import Plan
from dcsync.render import outcome_json, outcome_text, plan_text

SETTLE_S = 10.0
"""How long a create with a lost answer may take to surface (CONTRACT section 4)."""


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, show, ask, execute, report."""
    expected = expect(arguments)
    client = cache(lambda: connect(arguments, console))
    reader = cache(lambda: Reader(client()))
    this = load_run(arguments, console, reader)
    planned = make_plan(this, arguments, reader())
    plan = planned.plan
    if expected:
        expected.require(plan)
    if arguments.format == "text":
        console.result(plan_text.render_plan(plan, console.style) + "\n" * plan.has_changes)
    if not plan.operations:
        return _finish(plan, [], "", arguments, console)
    if reason := _reason_not_to(plan, arguments, console):
        outcomes = [Outcome(each, Status.NOT_ATTEMPTED, reason) for each in plan.operations]
        return _finish(plan, outcomes, reason, arguments, console)
    with stopping(console) as stopped:
        engine = Engine(
            reader=reader(),
            writer=Writer(client()),
            declared={each.project_id: each.connectors for each in this.declarations.projects},
            live=planned.live,
            listed_at=planned.listed_at,
            parallelism=arguments.parallelism,
            clock=time.monotonic,
            settle=lambda: time.sleep(SETTLE_S),
            stopped=stopped,
        )
        outcomes = [_tell(outcome, arguments, console) for outcome in engine.run(plan)]
        return _finish(plan, outcomes, "", arguments, console, interrupted=stopped())


def _reason_not_to(plan: Plan, arguments: argparse.Namespace, console: Console) -> str:
    """Why nothing may be executed, or ""."""
    if plan.problems and not arguments.keep_going:
        return "some projects could not be planned; --keep-going applies the others"
    if plan.guards:
        return "a guard holds this run back"
    if not plan.has_changes or arguments.auto_approve or arguments.plan:
        return ""
    if arguments.format != "text":
        console.problem(plan_text.render_plan(plan, console.err_style))
    question = "\nDo you want to carry this out? Only 'yes' is taken for yes:"
    return "" if console.ask(question) else "not approved: type yes, or run with --auto-approve"


def _tell(outcome: Outcome, arguments: argparse.Namespace, console: Console) -> Outcome:
    """Print an outcome as soon as it is known."""
    if arguments.format == "text":
        console.result(outcome_text.render_outcome(outcome, console.style))
    return outcome


def _finish(
    plan: Plan,
    outcomes: Sequence[Outcome],
    reason: str,
    arguments: argparse.Namespace,
    console: Console,
    *,
    interrupted: bool = False,
) -> Result:
    """Print the report's end and judge the run."""
    if reason:
        console.problem(f"dcsync: nothing was changed: {reason}")
    if arguments.format == "json":
        console.result(outcome_json.render_report(plan, outcomes))
    elif outcomes and not reason:
        console.result(f"\n{outcome_text.tally(outcomes)}")
    statuses = {outcome.status for outcome in outcomes}
    return Result(
        changed=any(outcome.is_done for outcome in outcomes),
        failed=bool(plan.problems) or not statuses.isdisjoint({Status.FAILED, Status.NOT_SYNCED}),
        refused=not statuses.isdisjoint({Status.REFUSED, Status.NOT_ATTEMPTED}),
        interrupted=interrupted,
    )
