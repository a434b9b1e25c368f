"""`dcsync validate`: load the declarations → print every problem. No credentials, no network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import assert_never

from dcsync import __version__, declare
from dcsync.errors import DeclarationError
from dcsync.formats import CheckFormat, Format
from dcsync.model import Declarations, Diagnostic
from dcsync.options.of_files import ValidateOptions
from dcsync.render.diagnostics import as_json
from dcsync.render.words import Visible, counted, visible
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import annotate, print_diagnostics
from dcsync.session.result import Result
from dcsync.session.selection.declarations import paths_of


def run(options: ValidateOptions, console: Console) -> Result:
    """Check the declarations that `-f` names, and by the house rules that they or `--rules` name;
    with `--env`, unset variables are errors.
    """
    paths = paths_of(options.paths)
    rules = [Path(each) for each in options.rules]
    references = declare.References.RESOLVE if options.env else declare.References.WARN
    try:
        declarations = declare.load(paths, environ=os.environ, references=references, rules=rules)
    except DeclarationError as error:
        _report(error.diagnostics, options.format, console)
        return Result(failed=True)
    _report(declarations.warnings, options.format, console)
    if options.format is Format.TEXT:
        console.result(_summary(declarations))
    return Result()


def _report(diagnostics: Sequence[Diagnostic], format: CheckFormat, console: Console) -> None:
    match format:
        case Format.JSON:
            console.result(as_json(diagnostics))
            annotate(diagnostics, console)
        case Format.SARIF:
            from dcsync.render.sarif import render_sarif

            console.result(render_sarif(diagnostics, __version__, Path.cwd()))
        case Format.JUNIT:
            from dcsync.render.junit import render_junit

            console.result(render_junit(diagnostics))
        case Format.TEXT:
            print_diagnostics(diagnostics, console)
        case _:
            assert_never(format)


def _summary(declarations: Declarations) -> Visible:
    connectors = sum(len(project.connectors) for project in declarations.projects)
    projects = len(declarations.projects)
    found = f"{counted(connectors, 'connector')} in {counted(projects, 'project')}"
    return visible(f"Valid: {found}.")
