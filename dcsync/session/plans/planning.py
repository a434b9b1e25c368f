"""Builds a plan from files: the steps that `plan` and `apply` share. Changes nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dcsync import declare
from dcsync.cloud.fleet import Lister, list_each
from dcsync.dataclass import dataclass, replace
from dcsync.errors import CloudError, NotFound, RefusedError
from dcsync.model import Allowances, Connector, Declarations, DeclaredProject, Diagnostic, Severity
from dcsync.options.shared import SelectionOptions
from dcsync.plan import (
    Narrowing,
    Plan,
    PlannedProject,
    join,
    make,
    planned_projects,
)
from dcsync.plan.impact import unmeasured
from dcsync.plan.make import LiveOrProblem, ProjectPlanner, bring_in_sync
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.plans.bases import find_base
from dcsync.session.plans.impact import measure_with
from dcsync.session.selection.declarations import narrow, paths_of
from dcsync.session.selection.directory import Directory

if TYPE_CHECKING:  # a plan watches nothing
    from dcsync.watch.proof import Meter


@dataclass(frozen=True, slots=True)
class Run:
    """The input of a run: what is declared, what the base revision declared, and the narrowing.

    `base` and `changed_since` are full commit ids, "" without one.
    """

    declarations: Declarations
    previous: Declarations | None
    narrowing: Narrowing
    base: str
    changed_since: str

    @property
    def projects(self) -> tuple[PlannedProject, ...]:
        """The projects that are listed and planned."""
        return planned_projects(self.declarations, self.previous, self.narrowing)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, the listings it was made from by project id, and when these began (monotonic)."""

    plan: Plan
    live: Mapping[str, Sequence[Connector]]
    listed_at: float


def load_run(
    selection: SelectionOptions,
    base: str,
    console: Console,
    directory: Directory,
    references: declare.References = declare.References.RESOLVE,
    base_from: str = "",
) -> Run:
    """Load the declarations of this revision and of the base. Raises with all problems of the
    files.

    RefusedError if a file that `-f` omits declares a project of the run: deletions require all
    declarations.
    """
    paths = paths_of(selection.paths)
    commit = find_base(base, base_from, folder_of(paths), console)
    declarations = declare.load(
        paths, environ=os.environ, references=references, discover=directory, rules=()
    )
    print_diagnostics(declarations.warnings, console)
    previous = _load_base(paths, commit, directory) if base or base_from else None
    print_diagnostics(previous.warnings if previous else (), console)
    refuse_left_out(paths, console, join(declarations, previous))
    narrowing, since = narrow_run(selection, declarations, previous, directory)
    return Run(declarations, previous, narrowing, _id_of(commit), since)


def narrow_run(
    selection: SelectionOptions,
    declarations: Declarations,
    previous: Declarations | None,
    directory: Directory,
) -> tuple[Narrowing, str]:
    """The narrowing of the run, and the full id of the commit of `--changed-since`."""
    narrowing = narrow(selection, declarations, previous, directory)
    paths = paths_of(selection.paths)
    since = commit_of(paths, selection.changed_since, declare.find_commit)
    if since:
        then = declare.load_revision(paths, since, directory)
        changed = declare.changed_projects((declarations, then), since)
        narrowing = replace(narrowing, changed=changed)
    return narrowing, _id_of(since)


def make_plan(
    run: Run,
    reader: Lister,
    *,
    parallelism: int,
    allowances: Allowances,
    planner: ProjectPlanner = bring_in_sync,
    meter: Meter | None = None,
    weighs_all: bool = False,
) -> Planned:
    """List every project of the run once, side by side, and plan each while others are listed.

    `meter` measures the connectors that would be deleted: all, or where a policy needs it. It may
    be omitted if the plan will not be executed.
    """
    listed_at = time.monotonic()
    live: dict[str, Sequence[Connector]] = {}
    projects = run.projects
    plan = make(
        projects,
        _listings(projects, reader, parallelism, live),
        now=datetime.now(UTC),
        narrowing=run.narrowing,
        allowances=allowances,
        planner=planner,
        measure=measure_with(meter, live, parallelism) if meter else unmeasured,
        weighs_all=weighs_all,
    )
    return Planned(plan, live, listed_at)


def name_projects(planned: Planned, run: Run, directory: Directory, *, asks: bool) -> Planned:
    """With what its projects are named, as far as that is known already.

    With `asks` the API is asked, a call per hundred projects: where a person reads a whole plan of
    which there is something to read. Nothing else depends on the response.
    """
    plan = planned.plan
    concerned = {each.project_id for each in (*plan.operations, *plan.unmanaged)}
    is_worth_it = asks and plan.is_whole and concerned
    found = directory.names_of(concerned) if is_worth_it else directory.known
    names = {
        key: found[each.declared.project_id]
        for each in run.projects
        for key in (each.declared.key, each.declared.project_id)
        if each.declared.project_id in found
    }
    return replace(planned, plan=replace(plan, names=names))


def _listings(
    projects: Sequence[PlannedProject],
    reader: Lister,
    parallelism: int,
    live: dict[str, Sequence[Connector]],
) -> Iterator[tuple[str, LiveOrProblem]]:
    """Each project's listing as it completes; `live` collects them."""
    by_id = {each.declared.project_id: each for each in projects}
    for project_id, listing in list_each(reader, by_id, parallelism):
        if isinstance(listing, CloudError):
            yield project_id, _cannot_list(by_id[project_id], listing)
        else:
            live[project_id] = listing
            yield project_id, listing


def commit_of(
    paths: Sequence[Path],
    revision: str,
    find: Callable[[str, Path], declare.Commit | None],
) -> declare.Commit | None:
    """The commit that `find` returns for the revision in the repository of the first path."""
    return find(revision, folder_of(paths)) if revision else None


def folder_of(paths: Sequence[Path]) -> Path:
    """Where to search for the repository of the first path."""
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _id_of(commit: declare.Commit | None) -> str:
    return commit.commit_id if commit else ""


def _load_base(
    paths: Sequence[Path], commit: declare.Commit | None, discover: declare.Discover
) -> Declarations:
    if commit is None:
        return Declarations(())  # before a first push nothing was declared
    return declare.load_revision(paths, commit, discover)


def refuse_left_out(
    paths: Sequence[Path], console: Console, projects: Sequence[PlannedProject]
) -> None:
    """RefusedError if a file that `-f` omits declares one of the projects."""
    everything = Declarations(tuple(each.declared for each in projects))
    left_out = declare.find_omitted_files(paths, everything, environ=os.environ)
    if left_out:
        print_diagnostics(left_out, console)
        raise RefusedError("-f omits some declarations of this run's projects; nothing was done")


def _cannot_list(planned: PlannedProject, error: CloudError) -> Diagnostic:
    """An error; but a project that is no longer declared and no longer exists needs nothing."""
    project: DeclaredProject = planned.declared
    if planned.removed and isinstance(error, NotFound):
        message = f"project {project.key} is no longer declared, and no longer exists in the cloud"
        return Diagnostic(Severity.WARNING, message, project.position)
    message = f"project {project.key} cannot be listed: {error}"
    return Diagnostic(Severity.ERROR, message, project.position)
