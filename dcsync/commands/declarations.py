"""Loads a run's declarations and tells their warnings: the first step of most commands."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dcsync import declare
from dcsync.commands.console import Console
from dcsync.errors import UsageError
from dcsync.model import Declarations
from dcsync.plan import Narrowing


def load(
    arguments: argparse.Namespace,
    console: Console,
    references: declare.References = declare.References.RESOLVE,
) -> Declarations:
    """The declarations that `-f` names. Raises DeclarationError with every problem."""
    paths = [Path(path) for path in arguments.paths or ["."]]
    declarations = declare.load(paths, environ=os.environ, references=references)
    for warning in declarations.warnings:
        console.problem(console.err_style(str(warning), "yellow"))
    return declarations


def narrow(arguments: argparse.Namespace, declarations: Declarations) -> Narrowing:
    """What the command line narrows the run to. UsageError where a pattern fits nothing."""
    narrowing = Narrowing(
        tuple(arguments.addresses), tuple(arguments.excepted), tuple(arguments.projects)
    )
    unknown = narrowing.unknown(declarations.projects)
    if unknown:
        raise UsageError(f"nothing is declared at {', '.join(unknown)}; see 'dcsync validate'")
    return narrowing
