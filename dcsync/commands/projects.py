"""`dcsync projects`: what the account sees. List → count connectors → show. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import assert_never

from dcsync.cloud.fleet import Listing, list_projects
from dcsync.cloud.projects import Project
from dcsync.declare import did_you_mean
from dcsync.errors import CloudError, CommandLineError
from dcsync.formats import Format, PlainFormat
from dcsync.options.of_files import ProjectsOptions
from dcsync.render import projects as rendered
from dcsync.render.words import Visible
from dcsync.session.connection import connect
from dcsync.session.output.console import Console
from dcsync.session.output.progress import Progress
from dcsync.session.result import Result


def run(options: ProjectsOptions, console: Console) -> Result:
    """A call per 100 projects, and one for each project whose connectors are counted."""
    progress = Progress(console)
    reader = progress.reader(connect(options.cloud, progress.console))
    projects = _chosen(reader.list_projects(options.organization or None), options.patterns)
    ids = [] if options.names_only else [each.project_id for each in projects]
    with progress.of("listing", len(ids)):
        listings = list_projects(reader, ids, options.cloud.parallelism)
    console.result(_render(projects, listings, options.format, console))
    for problem in rendered.problems(listings):
        console.problem(problem)
    return Result(failed=any(isinstance(each, CloudError) for each in listings.values()))


def _chosen(projects: Iterable[Project], patterns: Iterable[str]) -> list[Project]:
    """Those that fit a pattern by id or display name, all of them where there is none; sorted."""
    everything = sorted(
        {each.project_id: each for each in projects}.values(),
        key=lambda each: (each.organization, each.display_name, each.project_id),
    )
    for pattern in patterns:
        if not any(_fits(project, pattern) for project in everything):
            names = [name for each in everything for name in (each.project_id, each.display_name)]
            raise CommandLineError(
                f"the account sees no project {pattern!r}{did_you_mean(pattern, names)}"
            )
    return [
        project
        for project in everything
        if not patterns or any(_fits(project, each) for each in patterns)
    ]


def _fits(project: Project, pattern: str) -> bool:
    names = (project.project_id, project.display_name)
    return pattern in names or any(fnmatchcase(name, pattern) for name in names)


def _render(
    projects: list[Project],
    listings: Mapping[str, Listing],
    format: PlainFormat,
    console: Console,
) -> Visible:
    match format:
        case Format.JSON:
            return rendered.render_json(projects, listings)
        case Format.TEXT:
            return rendered.render_text(projects, listings, console.style)
        case _:
            assert_never(format)
