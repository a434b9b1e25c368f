"""Tells diagnostics to the user, and to GitHub where the command runs in one of its workflows."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dcsync.model import Diagnostic
from dcsync.render import diagnostics as rendered
from dcsync.session.console import Console


def tell(diagnostics: Sequence[Diagnostic], console: Console) -> None:
    """A line each; annotations as well in GitHub Actions. All on standard error."""
    if diagnostics:
        console.problem(rendered.as_text(diagnostics, console.err_style))
        annotate(diagnostics, console)


def annotate(diagnostics: Sequence[Diagnostic], console: Console) -> None:
    """Annotations, in GitHub Actions only."""
    if diagnostics and os.environ.get("GITHUB_ACTIONS") == "true":
        console.annotate(rendered.github_annotations(diagnostics))
