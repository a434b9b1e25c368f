"""Tells GitHub Actions of a plan: annotations, the step's summary and its outputs."""

from __future__ import annotations

import os
from pathlib import Path

from dcsync.commands.console import Console
from dcsync.commands.problems import annotate
from dcsync.model import Diagnostic, Severity
from dcsync.plan import Plan
from dcsync.render import plan_markdown, plan_outputs


def report_plan(plan: Plan, console: Console) -> None:
    """Does nothing outside of GitHub Actions."""
    guards = [Diagnostic(Severity.ERROR, guard.message) for guard in plan.guards]
    annotate([*plan.problems, *guards, *plan.warnings], console)
    _append("GITHUB_STEP_SUMMARY", plan_markdown.render_plan(plan))
    _append("GITHUB_OUTPUT", plan_outputs.render_plan(plan))


def add_to_summary(markdown: str) -> None:
    """Add to the step's summary; does nothing outside of GitHub Actions."""
    _append("GITHUB_STEP_SUMMARY", markdown)


def _append(variable: str, text: str) -> None:
    """Add to the file that a variable names, as GitHub's runner expects it."""
    path = os.environ.get(variable)
    if path and os.environ.get("GITHUB_ACTIONS") == "true":
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")
