"""Loads what a command's files declare and tells the warnings: the first step of most commands."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from dcsync import declare
from dcsync.errors import CommandLineError
from dcsync.model import Declarations
from dcsync.plan import Narrowing, join
from dcsync.plan.narrowing import NO_PROJECT, shard
from dcsync.session.console import Console
from dcsync.session.problems import tell


def load(
    arguments: argparse.Namespace,
    console: Console,
    references: declare.References = declare.References.RESOLVE,
) -> Declarations:
    """The declarations that `-f` names. Raises DeclarationError with every problem."""
    declarations = declare.load(paths_of(arguments), environ=os.environ, references=references)
    tell(declarations.warnings, console)
    return declarations


def narrow(
    arguments: argparse.Namespace,
    declarations: Declarations,
    previous: Declarations | None = None,
) -> Narrowing:
    """What the command line narrows the run to. CommandLineError where a pattern fits nothing.

    A shard becomes the ids of its projects, in `arguments` too, so that a saved plan has them.
    """
    narrowing = Narrowing(
        tuple(arguments.addresses), tuple(arguments.excepted), tuple(arguments.projects)
    )
    unknown = narrowing.unknown(each.declared for each in join(declarations, previous))
    if unknown:
        raise CommandLineError(f"nothing is declared at {', '.join(unknown)}")
    if arguments.shard:
        everything = [each.declared for each in join(declarations, previous)]
        chosen = shard(everything, *arguments.shard)
        ids = [each.project_id for each in chosen if narrowing.takes_project(each)]
        arguments.projects = ids or [NO_PROJECT]
        return replace(narrowing, projects=tuple(arguments.projects))
    return narrowing


def paths_of(arguments: argparse.Namespace) -> list[Path]:
    """The files and folders that `-f` names."""
    return [Path(path) for path in arguments.paths or ["."]]
