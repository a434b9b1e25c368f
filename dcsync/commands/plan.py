"""`dcsync plan`: what apply would do. Holds a client without write methods."""

from __future__ import annotations

import argparse

from dcsync.cloud import Reader
from dcsync.commands.connection import connect
from dcsync.commands.console import Console
from dcsync.commands.declarations import load_whole, narrow
from dcsync.commands.planning import make_plan
from dcsync.commands.result import Result
from dcsync.render import plan_json, plan_text


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Load, list, plan, render."""
    declarations = load_whole(arguments, console)
    narrowing = narrow(arguments, declarations)
    reader = Reader(connect(arguments, console))
    plan = make_plan(arguments, declarations, narrowing, reader).plan
    if arguments.format == "json":
        console.result(plan_json.render_plan(plan))
    else:
        console.result(plan_text.render_plan(plan, console.style))
    return Result(
        failed=bool(plan.problems),
        refused=bool(plan.guards) or plan.count("blocked") > 0,
        has_changes=arguments.detailed_exitcode and plan.has_changes,
    )
