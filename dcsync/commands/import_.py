"""`dcsync import`: list → adopt → prove → write → tell. Changes nothing in the cloud."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from dcsync import adopt
from dcsync.cloud import Reader
from dcsync.cloud.fleet import list_projects
from dcsync.commands.connection import connect
from dcsync.commands.console import Console
from dcsync.commands.new_files import refuse_existing, refuse_tracked, schema_beside, write_new
from dcsync.commands.problems import tell
from dcsync.commands.result import Result
from dcsync.commands.scope import Scope, refuse_declared, scope_of
from dcsync.errors import CloudError, DcsyncError
from dcsync.model import Diagnostic, Severity
from dcsync.render import adoption as rendered

PRIVATE, PUBLIC = 0o600, 0o666


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Write a file a project or fleet; exit 1 where a project cannot be listed."""
    folder, secrets = Path(arguments.out), arguments.secrets_file
    if secrets:
        refuse_existing([Path(secrets)])
        refuse_tracked(Path(secrets))
    reader = Reader(connect(arguments, console))
    scope = scope_of(arguments, reader)
    refuse_declared(folder, scope)
    listings = list_projects(reader, scope.names, arguments.parallelism)
    problems = [_cannot_list(each, error) for each, error in _failed(listings)]
    projects = _live_projects(scope, listings)
    adoption = adopt.adopt(projects, schema=schema_beside(folder))
    _prove(adoption, projects)
    paths = [folder / each.name for each in adoption.files]
    refuse_existing(paths)
    for path, each in zip(paths, adoption.files, strict=True):
        write_new(path, each.text, PUBLIC)
    if secrets:
        write_new(Path(secrets), rendered.secrets_text(adoption.variables), PRIVATE)
    tell(problems, console)
    render = rendered.render_json if arguments.format == "json" else rendered.render_text
    console.result(render(adoption, folder, secrets, scope.managed))
    return Result(failed=bool(problems))


def _live_projects(scope: Scope, listings: Mapping[str, object]) -> list[adopt.LiveProject]:
    """The listed projects; of an organization those without connectors are passed over."""
    found = []
    for project_id, listing in listings.items():
        if not isinstance(listing, tuple) or (scope.skips_empty and not listing):
            continue
        live = tuple(each for each in listing if scope.takes(each.data_connector_id))
        others = tuple(each for each in listing if not scope.takes(each.data_connector_id))
        found.append(adopt.LiveProject(project_id, scope.names[project_id], live, others))
    return found


def _prove(adoption: adopt.Adoption, projects: Sequence[adopt.LiveProject]) -> None:
    """What is about to be written gives an empty plan; else it is not written."""
    files = {each.name: each.text for each in adoption.files}
    live = {each.project_id: (*each.live, *each.others) for each in projects}
    differing = adopt.differing(files, adoption.variables, live)
    if differing:
        raise DcsyncError(
            "what would be written differs from what is live, so nothing is written; this is a "
            f"bug in dcsync: {'; '.join(differing)}"
        )


def _failed(listings: Mapping[str, object]) -> list[tuple[str, CloudError]]:
    return [(key, each) for key, each in listings.items() if isinstance(each, CloudError)]


def _cannot_list(project_id: str, error: CloudError) -> Diagnostic:
    return Diagnostic(Severity.ERROR, f"project {project_id} cannot be listed: {error}")
