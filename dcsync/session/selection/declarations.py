"""Which files a command uses, what they declare, and what its run is narrowed to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from dcsync import declare
from dcsync.dataclass import replace
from dcsync.model import Declarations
from dcsync.options.shared import SelectionOptions
from dcsync.plan import Narrowing, join
from dcsync.plan.narrowing import NO_PROJECT, shard
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.selection.addressing import resolve
from dcsync.session.selection.directory import Directory


def narrow(
    selection: SelectionOptions,
    declarations: Declarations,
    previous: Declarations | None,
    directory: Directory,
) -> Narrowing:
    """The narrowing of the command line. CommandLineError if a pattern matches nothing.

    A shard is resolved to the ids of its projects.
    """
    everything = [each.declared for each in join(declarations, previous)]
    asked = Narrowing(selection.addresses, selection.excepted, selection.projects)
    narrowing = resolve(asked, everything, directory)
    if selection.shard:
        chosen = shard(everything, *selection.shard)
        ids = tuple(each.project_id for each in chosen if narrowing.takes_project(each))
        return replace(narrowing, projects=ids or (NO_PROJECT,))
    return narrowing


def paths_of(paths: Sequence[str]) -> list[Path]:
    """The files and folders given with `-f`."""
    return [Path(path) for path in paths or ["."]]


def load_unresolved(paths: Sequence[str], console: Console, directory: Directory) -> Declarations:
    """The declarations without secrets: deleting and syncing need none.

    Those of fleets are found in the cloud.
    """
    declarations = declare.load(
        paths_of(paths),
        environ=os.environ,
        references=declare.References.SKIP,
        discover=directory,
    )
    print_diagnostics(declarations.warnings, console)
    return declarations
