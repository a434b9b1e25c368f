"""Prints a plan in the chosen format, saves it, and tells GitHub of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from dcsync.plan import Plan
from dcsync.plan.difference import PlanDifference
from dcsync.render import (
    plan_difference,
    plan_difference_json,
    plan_file,
    plan_json,
    plan_markdown,
    plan_text,
)
from dcsync.render.words import visible
from dcsync.session.console import Console
from dcsync.session.planning import Run
from dcsync.session.whole_files import replace


def show_plan(plan: Plan, format: str, console: Console) -> None:
    """The plan as the result of a command."""
    match format:
        case "json":
            console.result(plan_json.render_plan(plan))
        case "markdown":
            console.result(plan_markdown.render_plan(plan))
        case _:
            console.result(plan_text.render_plan(plan, console.style))


def show_difference(difference: PlanDifference, format: str, console: Console) -> None:
    """How two plans differ as the result of a command."""
    match format:
        case "json":
            console.result(plan_difference_json.render_difference(difference))
        case "markdown":
            console.result(plan_difference.render_markdown(difference))
        case _:
            console.result(plan_difference.render_difference(difference, console.style))


def save_plan(plan: Plan, this: Run, arguments: argparse.Namespace, console: Console) -> None:
    """Write the plan to `--out`, with what it takes to plan again."""
    selection = plan_file.Selection(
        paths=tuple(arguments.paths or ()),
        addresses=tuple(arguments.addresses),
        excepted=tuple(arguments.excepted),
        projects=tuple(arguments.projects),
        changed_since=this.changed_since,
        base=this.base,
        allow_deletes=arguments.allow_deletes,
        allow_changes=arguments.allow_changes,
        allow_frozen=arguments.allow_frozen,
    )
    replace(Path(arguments.out), plan_file.write_plan(plan, selection))
    console.note(visible(f"saved: dcsync apply --plan {arguments.out}"))
