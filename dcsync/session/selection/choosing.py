"""Which project a person means who names one: by id, else by display name. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from dcsync.cloud import Reader
from dcsync.cloud.projects import Project
from dcsync.declare import did_you_mean
from dcsync.errors import CloudError, CommandLineError, NotFound
from dcsync.render.naming import called
from dcsync.render.words import visible
from dcsync.session.output.console import Console

is_id = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*").fullmatch
"""What a declaration takes for a project's id."""


def check(named: str, reader_of: Callable[[], Reader], console: Console) -> str:
    """The id of the project, checked with the API where that can be; else a note says why not.

    CommandLineError where there is no such project, or several are called so.
    """
    try:
        project = _find(named, reader_of())
    except CloudError as error:
        if not is_id(named):
            raise CommandLineError(
                f"--project: {named!r} is not an id like c0md3pm0p7bet3vico8g, and display names "
                f"could not be looked up: {error}"
            ) from None
        console.note(visible(f"project {named} was not checked: {error}"))
        return named
    name = called(project.project_id, {project.project_id: project.display_name})
    console.note(visible(f"project {project.project_id} exists{f': {name}' if name else ''}"))
    return project.project_id


def id_named(named: str, projects: Sequence[Project]) -> str:
    """The id of the one project that is called so; "" for none. CommandLineError for several."""
    ids = [each.project_id for each in projects if each.display_name == named]
    if len(ids) > 1:
        raise CommandLineError(
            f"{len(ids)} projects are named {named!r}: {', '.join(ids)}; name one by its id"
        )
    return ids[0] if ids else ""


def hint(named: str, projects: Iterable[Project]) -> str:
    """What was probably meant, as the end of a message."""
    names = [name for each in projects for name in (each.project_id, each.display_name) if name]
    return did_you_mean(named, names)


def _find(named: str, reader: Reader) -> Project:
    try:
        return reader.get_project(named) if is_id(named) else _find_called(named, reader)
    except NotFound as error:
        try:
            return _find_called(named, reader)
        except CloudError:
            raise CommandLineError(f"--project: {error}") from None


def _find_called(name: str, reader: Reader) -> Project:
    projects = reader.list_projects()
    found = id_named(name, projects)
    for each in projects:
        if each.project_id == found:
            return each
    raise CommandLineError(f"--project: the account sees no project {name!r}{hint(name, projects)}")
