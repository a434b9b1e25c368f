"""`dcsync import`: list → adopt → prove → write → print. Changes nothing in the cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from dcsync import adopt
from dcsync.cloud import Reader
from dcsync.cloud.fleet import Listing, list_projects
from dcsync.errors import CloudError, DcsyncError
from dcsync.formats import Format, PlainFormat
from dcsync.model import Connector, DeclaredProject, Diagnostic, Severity
from dcsync.options.of_files import ImportOptions
from dcsync.plan.match import match
from dcsync.render import adoption as rendered
from dcsync.render.words import Visible, visible
from dcsync.session.connection import connect
from dcsync.session.files.new_files import (
    PRIVATE,
    PUBLIC,
    refuse_existing,
    refuse_tracked,
    schema_beside,
)
from dcsync.session.files.whole_files import NewFile, write_new
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.result import Result
from dcsync.session.selection.scope import Scope, declared_in, scope_of

NOTHING_WRITTEN = visible("dcsync: nothing was written, so the same command can be run again")


def run(options: ImportOptions, console: Console) -> Result:
    """Write a file a project or fleet; nothing, and exit 1, where a project cannot be listed."""
    folder, secrets = Path(options.out), options.secrets_file
    if secrets:
        refuse_existing([Path(secrets)])
        refuse_tracked(Path(secrets))
    reader = Reader(connect(options.cloud, console))
    declared = declared_in(folder, reader)
    scope = scope_of(options, reader)
    listings = list_projects(reader, scope.names, options.cloud.parallelism)
    problems = [_cannot_list(each, error, scope) for each, error in _failed(listings)]
    if problems:
        print_diagnostics(problems, console)
        console.problem(NOTHING_WRITTEN)
        return Result(failed=True)
    projects = _live_projects(scope, listings, declared)
    existing = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    adoption = adopt.adopt(projects, schema=schema_beside(folder), existing=existing)
    _prove(adoption, projects)
    files = [NewFile(folder / each.name, each.text, PUBLIC) for each in adoption.files]
    if secrets:
        text = rendered.secrets_text(adoption.variables)
        files.insert(0, NewFile(Path(secrets), text, PRIVATE))
    write_new(files)
    render = _renderer(options.format)
    console.result(render(adoption, folder, secrets, scope.managed))
    return Result()


def _renderer(format: PlainFormat) -> Callable[..., Visible]:
    match format:
        case Format.JSON:
            return rendered.render_json
        case Format.TEXT:
            return rendered.render_text
        case _:
            assert_never(format)


def _live_projects(
    scope: Scope, listings: Mapping[str, Listing], declared: Mapping[str, DeclaredProject]
) -> list[adopt.LiveProject]:
    """The listed projects; of an organization those without connectors are passed over."""
    return [
        _live_project(project_id, listing, scope, declared.get(project_id))
        for project_id, listing in listings.items()
        if isinstance(listing, tuple) and (listing or not scope.skips_empty)
    ]


def _live_project(
    project_id: str, listing: tuple[Connector, ...], scope: Scope, declared: DeclaredProject | None
) -> adopt.LiveProject:
    """What is declared already is not imported again."""
    new = match(declared.connectors if declared else (), listing).undeclared
    live = tuple(each for each in new if scope.takes(each.data_connector_id))
    others = tuple(each for each in listing if each not in live)
    keys = frozenset(c.address.partition("/")[2] for c in declared.connectors) if declared else None
    return adopt.LiveProject(project_id, scope.names[project_id], live, others, keys)


def _prove(adoption: adopt.Adoption, projects: Sequence[adopt.LiveProject]) -> None:
    """What is about to be written gives an empty plan; else it is not written."""
    files = {each.name: each.text for each in adoption.files}
    differing = adopt.differing(files, adoption.variables, projects)
    if differing:
        raise DcsyncError(
            "what would be written differs from what is live, so nothing was written; this is a "
            f"bug in dcsync: {'; '.join(differing)}"
        )


def _failed(listings: Mapping[str, Listing]) -> list[tuple[str, CloudError]]:
    return [(key, each) for key, each in listings.items() if isinstance(each, CloudError)]


def _cannot_list(project_id: str, error: CloudError, scope: Scope) -> Diagnostic:
    hint = scope.hints.get(project_id, "")
    return Diagnostic(Severity.ERROR, f"project {project_id} cannot be listed: {error}{hint}")
