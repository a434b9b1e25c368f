"""Prints a plan in the chosen format, saves it, and reports it to GitHub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from dcsync.formats import Format, PlanFormat, View
from dcsync.options.of_plans import PlanOptions
from dcsync.plan import Plan
from dcsync.render.plans import plan_text
from dcsync.render.words import visible
from dcsync.session.output.console import Console

if TYPE_CHECKING:
    from dcsync.session.plans.planning import Run


def show_plan(plan: Plan, format: PlanFormat, view: View, console: Console) -> None:
    """Print the plan as the result of a command."""
    match format:
        case Format.JSON:
            from dcsync.render.plans import plan_json

            console.result_in_pieces(plan_json.render_plan(plan))
        case Format.MARKDOWN:
            from dcsync.render.plans import plan_markdown

            console.result(plan_markdown.render_plan(plan, view))
        case Format.TEXT:
            console.result(plan_text.render_plan(plan, console.style, view))
        case _:
            assert_never(format)


def save_plan(plan: Plan, this: Run, options: PlanOptions, out: str, console: Console) -> None:
    """Save the plan to a file, with everything needed to plan again."""
    from dcsync.render.plans import plan_file  # few plans are saved
    from dcsync.session.files.whole_files import replace

    selection = plan_file.SavedSelection(
        paths=options.selection.paths,
        addresses=this.narrowing.addresses,
        excepted=this.narrowing.excepted,
        projects=this.narrowing.projects,
        changed_since=this.changed_since,
        base=this.base,
        allowances=options.allowances,
    )
    replace(Path(out), plan_file.write_plan(plan, selection))
    console.note(visible(f"saved: dcsync apply --plan {out}"))
