"""Prints diagnostics, also as annotations in GitHub Actions."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dcsync.model import Diagnostic
from dcsync.render import diagnostics as rendered
from dcsync.session.output.console import Console


def print_diagnostics(
    diagnostics: Sequence[Diagnostic], console: Console, width: int | None = None
) -> None:
    """Print one line each on standard error, or as many as the width takes; in GitHub Actions
    annotations as well.
    """
    if diagnostics:
        console.problem(rendered.as_text(diagnostics, console.err_style, width))
        annotate(diagnostics, console)


def annotate(diagnostics: Sequence[Diagnostic], console: Console) -> None:
    """Print annotations, in GitHub Actions only."""
    if diagnostics and os.environ.get("GITHUB_ACTIONS") == "true":
        console.annotate(rendered.github_annotations(diagnostics))
