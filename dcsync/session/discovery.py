"""Loads declarations whose fleets are found in the cloud: `projects: {discover: …}`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.declare import Discover, FoundProject
from dcsync.model import Declarations
from dcsync.session.console import Console
from dcsync.session.declarations import paths_of
from dcsync.session.problems import tell


def load_unresolved(
    paths: Sequence[str], console: Console, reader_of: Callable[[], Reader]
) -> Declarations:
    """The declarations with no secret resolved: deleting and syncing need none."""
    declarations = declare.load(
        paths_of(paths),
        environ=os.environ,
        references=declare.References.SKIP,
        discover=discover_with(reader_of),
    )
    tell(declarations.warnings, console)
    return declarations


def discover_with(reader_of: Callable[[], Reader]) -> Discover:
    """A Discover that lists each organization once, and connects only if there is one to list."""

    @cache
    def projects_of(organization_id: str) -> Sequence[FoundProject]:
        return [
            FoundProject(each.project_id, each.display_name, each.is_inventory)
            for each in reader_of().list_projects(organization_id)
        ]

    return lambda discovery: projects_of(discovery.organization)
