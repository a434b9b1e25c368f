"""Builds an Overview: load, list, plan and measure. Changes nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.dataclass import replace
from dcsync.model import Allowances, Declarations, DeclaredProject
from dcsync.options.shared import CloudOptions, SelectionOptions
from dcsync.plan import Narrowing
from dcsync.session.connection import connect
from dcsync.session.output.console import Console, width_of
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.plans.planning import Run, make_plan, narrow_run
from dcsync.session.selection.declarations import paths_of
from dcsync.session.selection.directory import Directory
from dcsync.watch.measuring import Measuring
from dcsync.watch.overview import Overview, project_standings
from dcsync.watch.standing import stand


def look(
    selection: SelectionOptions, cloud: CloudOptions, console: Console
) -> tuple[Overview, str]:
    """The state of everything in the run, and the URL of the API.

    Fields with unset variables are not compared.
    """
    reader = cache(lambda: Reader(connect(cloud, console)))
    directory = Directory(reader)
    width = width_of(console.err, os.environ)
    declarations = declare.load(
        paths_of(selection.paths),
        environ=os.environ,
        references=declare.References.ALLOW_UNSET,
        discover=directory,
    )
    print_diagnostics(declarations.warnings, console, width)
    narrowing, since = narrow_run(selection, declarations, None, directory)
    projects = _looked_at(declarations, narrowing)
    run = Run(replace(declarations, projects=tuple(projects)), None, narrowing, "", since)
    with Measuring(reader(), projects, narrowing.takes, cloud.parallelism) as measuring:
        ids = [each.project_id for each in projects]
        names = measuring.meanwhile(lambda: directory.names_of(ids))
        planned = make_plan(
            run,
            measuring,
            parallelism=cloud.parallelism,
            allowances=Allowances(),  # the plan is never carried out
        )
        print_diagnostics((*planned.plan.warnings, *planned.plan.problems), console, width)
        metrics = measuring.metrics()
        standings = stand(measuring.pairs(), planned.plan, metrics, names.result())
    in_projects = project_standings(projects, planned.live, planned.plan, names.result())
    return Overview(tuple(standings), in_projects), reader().api_url


def _looked_at(declarations: Declarations, narrowing: Narrowing) -> Sequence[DeclaredProject]:
    """The projects to list: with addresses, those that contain one."""
    return [
        project
        for project in declarations.projects
        if narrowing.takes_project(project)
        and (
            not narrowing.by_address
            or any(narrowing.takes(each.address) for each in project.connectors)
        )
    ]
