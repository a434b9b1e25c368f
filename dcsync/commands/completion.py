"""`dcsync completion`: print a completion script, or the candidates that such a script requests."""

from __future__ import annotations

import os

from dcsync import declare
from dcsync.arguments import Parsers
from dcsync.arguments.candidates import Paths, Sources, candidates
from dcsync.errors import DcsyncError
from dcsync.model import DeclaredProject
from dcsync.options.of_files import CompletionOptions
from dcsync.render import completion
from dcsync.render.words import lines
from dcsync.session.output.console import Console
from dcsync.session.result import Result
from dcsync.session.selection.declarations import paths_of


def run(options: CompletionOptions, console: Console) -> Result:
    """With words (everything typed so far, the last one unfinished) print what may stand there."""
    if not options.words:
        console.result(completion.script(options.shell))
        return Result()
    sources = Sources(_projects, _revisions)
    found = candidates(Parsers(), options.words[1:], sources)
    if found:
        console.result(lines(found))
    return Result()


def _projects(paths: Paths) -> tuple[DeclaredProject, ...]:
    """What is declared; nothing where the files have problems: completion never complains."""
    references = declare.References.SKIP
    try:
        return declare.load(paths_of(paths), environ=os.environ, references=references).projects
    except DcsyncError:
        return ()


def _revisions(paths: Paths) -> tuple[str, ...]:
    """The branches, tags and other refs of the repository; nothing where there is none."""
    first = paths_of(paths)[0]
    try:
        return declare.find_refs(first if first.is_dir() else first.parent)
    except DcsyncError:
        return ()
