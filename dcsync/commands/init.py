"""`dcsync init`: ask → write what is not there yet → tell what is next."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from dcsync import declare
from dcsync.errors import CommandLineError
from dcsync.render import starter
from dcsync.render.words import visible
from dcsync.session.console import Console
from dcsync.session.new_files import PUBLIC, write_new
from dcsync.session.result import Result

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Write the starter folder; what is there already is left as it is."""
    folder = Path(arguments.folder)
    project = arguments.project
    if project is None:
        project = _ask("Project id (empty: the variable DCSYNC_VAR_PROJECT_ID):", console)
    if project and not _ID.fullmatch(project):
        raise CommandLineError(f"--project: {project!r} is no id like c0md3pm0p7bet3vico8g")
    ci = arguments.ci or _ask("CI system, github, gitlab or none (github):", console) or "github"
    if ci not in (*starter.WORKFLOWS, "none"):
        raise CommandLineError(f"no workflow for {ci!r}: there are github, gitlab and none")
    files = starter.starter_files(project, ci, declare.schema_text("declaration"))
    for name, text in files.items():
        path = folder / name
        if os.path.lexists(path):
            console.result(visible(f"left as it is: {path}"))
        else:
            write_new(path, text, PUBLIC)
            console.result(visible(f"written: {path}"))
    first = f"dcsync import --out {folder / 'connectors'} -p ID"
    console.note(visible(f"Next: {first}, then dcsync plan"))
    return Result()


def _ask(question: str, console: Console) -> str:
    """What a person answers; "" where nobody can."""
    if not sys.stdin.isatty():
        return ""
    console.problem(visible(question))
    return sys.stdin.readline().strip()
