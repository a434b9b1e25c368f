"""`dcsync init`: ask → check → write missing files → print the next steps."""

from __future__ import annotations

import os
from pathlib import Path

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.errors import CommandLineError
from dcsync.options.of_files import InitOptions
from dcsync.render import starter
from dcsync.render.words import visible
from dcsync.session.connection import connect
from dcsync.session.files.new_files import PUBLIC
from dcsync.session.files.whole_files import NewFile, write_new
from dcsync.session.output.console import Console
from dcsync.session.result import Result
from dcsync.session.selection.choosing import check

PROJECT_QUESTION = visible("Project id (empty: the variable DCSYNC_VAR_PROJECT_ID):")
CI_QUESTION = visible("CI system, github, gitlab or none (github):")


def run(options: InitOptions, console: Console) -> Result:
    """Write the starter folder; existing files are not changed."""
    folder = Path(options.folder)
    project = options.project
    if project is None:
        project = console.prompt(PROJECT_QUESTION)
    if project:
        project = check(project, lambda: Reader(connect(options.cloud, console)), console)
    ci = options.ci or console.prompt(CI_QUESTION) or "github"
    if ci not in (*starter.WORKFLOWS, "none"):
        raise CommandLineError(f"no workflow for {ci!r}: use github, gitlab or none")
    files = starter.starter_files(project, ci, declare.schema_text("declaration"))
    new = [
        NewFile(folder / name, text, PUBLIC)
        for name, text in files.items()
        if not os.path.lexists(folder / name)
    ]
    write_new(new)
    written = {file.path for file in new}
    for path in (folder / name for name in files):
        deed = "written" if path in written else "not changed"
        console.result(visible(f"{deed}: {path}"))
    if ci in starter.WORKFLOWS:
        workflow = folder / starter.WORKFLOWS[ci]
        console.note(visible(f"{workflow}: its first lines say what to replace and to set up"))
        _warn_of_subfolder(folder, workflow, console)
    first = f"dcsync import --out {folder / 'connectors'} -p {project or 'ID'}"
    console.note(visible(f"Next: {first}, then dcsync plan"))
    return Result()


def _warn_of_subfolder(folder: Path, workflow: Path, console: Console) -> None:
    """A CI system passes over workflows in a subfolder without a word."""
    root = declare.find_root(folder)
    if root is not None and root != Path(os.path.realpath(folder)):
        console.problem(
            visible(
                f"warning: {workflow}: will not run: CI workflows have to be at the root of the "
                f"repository, {root}; move them there, and adapt their paths"
            )
        )
