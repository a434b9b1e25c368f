"""`dcsync show`: print a saved plan, or how two of them differ, in any format. Asks nobody."""

from __future__ import annotations

from pathlib import Path

from dcsync.options import ShowOptions
from dcsync.plan.difference import difference
from dcsync.session.output.console import Console
from dcsync.session.plans.difference_output import show_difference
from dcsync.session.plans.plan_output import show_plan
from dcsync.session.result import Result
from dcsync.session.runs.saved_plan import read


def run(options: ShowOptions, console: Console) -> Result:
    """Read, compare where there are two, render."""
    plan, _ = read(Path(options.saved))
    if options.newer:
        newer, _ = read(Path(options.newer))
        show_difference(difference(plan, newer), options.format, console)
    else:
        show_plan(plan, options.format, options.view, console)
    return Result()
