"""`dcsync completion`: print a completion script, or answer what such a script asks."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dcsync import declare
from dcsync.arguments import build_parser, commands_of
from dcsync.arguments.candidates import candidates
from dcsync.errors import DcsyncError
from dcsync.model import DeclaredProject
from dcsync.options import CompletionOptions
from dcsync.render import completion
from dcsync.render.words import lines
from dcsync.session.console import Console
from dcsync.session.result import Result


def run(options: CompletionOptions, console: Console) -> Result:
    """With words (everything typed so far, the last one unfinished) print what may stand there."""
    if not options.words:
        console.result(completion.script(options.shell))
        return Result()
    found = candidates(dict(commands_of(build_parser())), options.words[1:], _projects)
    if found:
        console.result(lines(found))
    return Result()


def _projects(paths: Iterable[str]) -> tuple[DeclaredProject, ...]:
    """What is declared; nothing where the files have problems: completion never complains."""
    folders = [Path(path) for path in paths] or [Path()]
    references = declare.References.SKIP
    try:
        return declare.load(folders, environ=os.environ, references=references).projects
    except DcsyncError:
        return ()
