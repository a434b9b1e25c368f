"""Loads declarations without secrets, including fleets that are found in the cloud."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dcsync import declare
from dcsync.model import Declarations
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.selection.declarations import paths_of
from dcsync.session.selection.directory import Directory


def load_unresolved(paths: Sequence[str], console: Console, directory: Directory) -> Declarations:
    """The declarations without secrets: deleting and syncing need none."""
    declarations = declare.load(
        paths_of(paths),
        environ=os.environ,
        references=declare.References.SKIP,
        discover=directory,
    )
    print_diagnostics(declarations.warnings, console)
    return declarations
