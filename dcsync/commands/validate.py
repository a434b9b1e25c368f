"""`dcsync validate`: load the declarations → tell every problem. No credentials, no network."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from dcsync import declare
from dcsync.errors import DeclarationError
from dcsync.model import Declarations, Diagnostic
from dcsync.render.diagnostics import as_json
from dcsync.render.words import Visible, counted, visible
from dcsync.session.console import Console
from dcsync.session.problems import annotate, tell
from dcsync.session.result import Result


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Check the declarations that `-f` names; with `--env`, unset variables are errors."""
    paths = [Path(path) for path in arguments.paths or ["."]]
    references = declare.References.RESOLVE if arguments.env else declare.References.WARN
    try:
        declarations = declare.load(paths, environ=os.environ, references=references)
    except DeclarationError as error:
        _report(error.diagnostics, arguments.format, console)
        return Result(failed=True)
    _report(declarations.warnings, arguments.format, console)
    if arguments.format == "text":
        console.result(_summary(declarations))
    return Result()


def _report(diagnostics: Sequence[Diagnostic], form: str, console: Console) -> None:
    if form == "json":
        console.result(as_json(diagnostics))
        annotate(diagnostics, console)
    else:
        tell(diagnostics, console)


def _summary(declarations: Declarations) -> Visible:
    connectors = sum(len(project.connectors) for project in declarations.projects)
    projects = len(declarations.projects)
    found = f"{counted(connectors, 'connector')} in {counted(projects, 'project')}"
    return visible(f"Valid: {found}.")
