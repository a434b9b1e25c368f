"""From declarations to a Plan: the steps that `plan` and `apply` share. Changes nothing."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcsync.cloud import Reader
from dcsync.cloud.fleet import list_projects
from dcsync.errors import CloudError
from dcsync.model import Connector, Declarations, DeclaredProject, Diagnostic, Severity
from dcsync.plan import Narrowing, Plan, make


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the listings it was made from by project id, and when they began (monotonic)."""

    plan: Plan
    live: Mapping[str, Sequence[Connector]]
    listed_at: float


def make_plan(
    arguments: argparse.Namespace,
    declarations: Declarations,
    narrowing: Narrowing,
    reader: Reader,
) -> Planned:
    """List every project of the run once, side by side, and plan."""
    listed_at = time.monotonic()
    projects = [each for each in declarations.projects if narrowing.takes_project(each)]
    listings = list_projects(reader, [each.project_id for each in projects], arguments.parallelism)
    live = {key: each for key, each in listings.items() if not isinstance(each, CloudError)}
    problems = [
        _cannot_list(project, listing)
        for project in projects
        if isinstance(listing := listings[project.project_id], CloudError)
    ]
    plan = make(
        declarations,
        live,
        narrowing=narrowing,
        allow_deletes=arguments.allow_deletes,
        problems=problems,
    )
    return Planned(plan, live, listed_at)


def _cannot_list(project: DeclaredProject, error: CloudError) -> Diagnostic:
    message = f"project {project.key} cannot be listed: {error}"
    return Diagnostic(Severity.ERROR, message, project.position)
