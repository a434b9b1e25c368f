"""Loads a run's declarations and tells their warnings: the first step of most commands."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dcsync import declare
from dcsync.commands.console import Console
from dcsync.commands.problems import tell
from dcsync.errors import RefusedError, UsageError
from dcsync.model import Declarations
from dcsync.plan import Narrowing


def load(
    arguments: argparse.Namespace,
    console: Console,
    references: declare.References = declare.References.RESOLVE,
) -> Declarations:
    """The declarations that `-f` names. Raises DeclarationError with every problem."""
    declarations = declare.load(_paths(arguments), environ=os.environ, references=references)
    tell(declarations.warnings, console)
    return declarations


def load_whole(arguments: argparse.Namespace, console: Console) -> Declarations:
    """The same, refused where a file that `-f` leaves out declares a project of the run.

    Deciding about deletes takes everything that is declared for a project.
    """
    declarations = load(arguments, console)
    left_out = declare.find_left_out(_paths(arguments), declarations, environ=os.environ)
    if left_out:
        tell(left_out, console)
        raise RefusedError("some declarations of this run's projects are left out; nothing is done")
    return declarations


def narrow(arguments: argparse.Namespace, declarations: Declarations) -> Narrowing:
    """What the command line narrows the run to. UsageError where a pattern fits nothing."""
    narrowing = Narrowing(
        tuple(arguments.addresses), tuple(arguments.excepted), tuple(arguments.projects)
    )
    unknown = narrowing.unknown(declarations.projects)
    if unknown:
        raise UsageError(f"nothing is declared at {', '.join(unknown)}")
    return narrowing


def _paths(arguments: argparse.Namespace) -> list[Path]:
    return [Path(path) for path in arguments.paths or ["."]]
