"""Prints the difference of two plans in the chosen format."""

from __future__ import annotations

from typing import assert_never

from dcsync.formats import Format, PlanFormat
from dcsync.plan.difference import PlanDifference
from dcsync.render.plans import plan_difference, plan_difference_json
from dcsync.session.output.console import Console


def show_difference(difference: PlanDifference, format: PlanFormat, console: Console) -> None:
    """Print the difference of two plans as the result of a command."""
    match format:
        case Format.JSON:
            console.result(plan_difference_json.render_difference(difference))
        case Format.MARKDOWN:
            console.result(plan_difference.render_markdown(difference))
        case Format.TEXT:
            console.result(plan_difference.render_difference(difference, console.style))
        case _:
            assert_never(format)
