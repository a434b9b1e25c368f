"""Loads declarations for what needs no secret, with the fleets that are found in the cloud."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dcsync import declare
from dcsync.model import Declarations
from dcsync.session.console import Console
from dcsync.session.declarations import paths_of
from dcsync.session.directory import Directory
from dcsync.session.problems import tell


def load_unresolved(paths: Sequence[str], console: Console, directory: Directory) -> Declarations:
    """The declarations with no secret resolved: deleting and syncing need none."""
    declarations = declare.load(
        paths_of(paths),
        environ=os.environ,
        references=declare.References.SKIP,
        discover=directory,
    )
    tell(declarations.warnings, console)
    return declarations
