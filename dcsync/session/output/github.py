"""Reports a plan to GitHub Actions: annotations, the step summary and outputs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from dcsync.dataclass import replace
from dcsync.model import Diagnostic, Severity
from dcsync.plan import Plan
from dcsync.render.naming import with_name
from dcsync.render.words import Visible, guarded, visible
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import annotate


def report_plan(plan: Plan, console: Console) -> None:
    """Does nothing outside of GitHub Actions."""
    if not _is_there():
        return
    from dcsync.render.plans import plan_markdown, plan_outputs

    guards = [Diagnostic(Severity.ERROR, guard.message) for guard in plan.guards]
    found = (*plan.problems, *guards, *plan.warnings)
    named = [replace(each, message=with_name(each.message, plan.names)) for each in found]
    annotate(named, console)
    add_to_summary(lambda: plan_markdown.render_plan(plan), console)
    _append("GITHUB_OUTPUT", lambda: plan_outputs.render_plan(plan), console)


def add_to_summary(render: Callable[[], Visible], console: Console) -> None:
    """Add to the step summary; outside of GitHub Actions nothing is rendered."""
    _append("GITHUB_STEP_SUMMARY", render, console)


def _append(variable: str, render: Callable[[], Visible], console: Console) -> None:
    """Add to the file named by a variable of GitHub's runner; a failure is a warning."""
    path = os.environ.get(variable)
    if path and _is_there():
        from dcsync.session.files.whole_files import append

        try:
            append(Path(path), f"{guarded(render())}\n")
        except OSError as error:
            reason = f"{path}: cannot be written: {error.strerror}"
            console.problem(visible(f"dcsync: warning: {variable}: {reason}"))


def _is_there() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"
