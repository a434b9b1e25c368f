"""Tells GitHub Actions of a plan: annotations, the step's summary and its outputs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from dcsync.model import Diagnostic, Severity
from dcsync.plan import Plan
from dcsync.render import plan_markdown, plan_outputs
from dcsync.render.words import Visible, guarded
from dcsync.session.console import Console
from dcsync.session.problems import annotate


def report_plan(plan: Plan, console: Console) -> None:
    """Does nothing outside of GitHub Actions."""
    guards = [Diagnostic(Severity.ERROR, guard.message) for guard in plan.guards]
    annotate([*plan.problems, *guards, *plan.warnings], console)
    add_to_summary(lambda: plan_markdown.render_plan(plan))
    _append("GITHUB_OUTPUT", lambda: plan_outputs.render_plan(plan))


def add_to_summary(render: Callable[[], Visible]) -> None:
    """Add to the step's summary; outside of GitHub Actions nothing is even rendered."""
    _append("GITHUB_STEP_SUMMARY", render)


def _append(variable: str, render: Callable[[], Visible]) -> None:
    """Add to the file that a variable names, as GitHub's runner expects it."""
    path = os.environ.get(variable)
    if path and os.environ.get("GITHUB_ACTIONS") == "true":
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{guarded(render())}\n")
