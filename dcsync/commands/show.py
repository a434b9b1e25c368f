"""`dcsync show`: print a saved plan, or how two of them differ, in any format. Asks nobody."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from dcsync.formats import Format, PlanFormat
from dcsync.options.of_plans import ShowOptions
from dcsync.plan.difference import PlanDifference, difference
from dcsync.render.plans import plan_difference, plan_difference_json
from dcsync.session.output.console import Console
from dcsync.session.plans.plan_output import show_plan
from dcsync.session.result import Result
from dcsync.session.runs.saved_plan import read


def run(options: ShowOptions, console: Console) -> Result:
    """Read, compare where there are two, render."""
    plan, _ = read(Path(options.saved))
    if options.newer:
        newer, _ = read(Path(options.newer))
        _show_difference(difference(plan, newer), options.format, console)
    else:
        show_plan(plan, options.format, options.view, console)
    return Result()


def _show_difference(difference: PlanDifference, format: PlanFormat, console: Console) -> None:
    match format:
        case Format.JSON:
            console.result(plan_difference_json.render_difference(difference))
        case Format.MARKDOWN:
            console.result(plan_difference.render_markdown(difference))
        case Format.TEXT:
            console.result(plan_difference.render_difference(difference, console.style))
        case _:
            assert_never(format)
