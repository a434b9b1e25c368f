"""The projects and connectors that `import` is about, from its options and the API."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from dcsync import adopt, declare
from dcsync.cloud import Reader
from dcsync.cloud.projects import Project
from dcsync.dataclass import dataclass, field
from dcsync.declare.loading import has_declarations
from dcsync.errors import (
    CloudError,
    CommandLineError,
    ConfigurationError,
    CredentialsError,
    DcsyncError,
    Unauthorized,
)
from dcsync.model import DeclaredProject
from dcsync.options.of_files import ImportOptions
from dcsync.regular_files import read_text
from dcsync.session.selection.choosing import hint, id_named
from dcsync.session.selection.directory import Directory


@dataclass(frozen=True, slots=True)
class Scope:
    """Project ids with display names; `managed` is what Terraform manages, None without a state."""

    names: Mapping[str, str]
    managed: tuple[adopt.ManagedConnector, ...] | None = None
    skips_empty: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    """What was probably meant by an id that the account does not see: the end of a message."""

    def takes(self, data_connector_id: str) -> bool:
        """Whether to import this connector."""
        return self.managed is None or any(
            each.data_connector_id == data_connector_id for each in self.managed
        )


def scope_of(options: ImportOptions, reader: Reader) -> Scope:
    """CommandLineError if the options name nothing that exists."""
    if options.from_tfstate:
        return _of_state(options, reader)
    if options.organization:
        return _of_organization(options, reader)
    if not options.projects:
        raise CommandLineError(
            "name what to import: -p ID, --organization ID or --from-tfstate FILE"
        )
    return _of_projects(options.projects, reader)


def _of_projects(named: Sequence[str], reader: Reader) -> Scope:
    """By id, or by display name where no id is written so; what nobody sees will not be listed."""
    seen = _visible_projects(reader)
    names = _names_of(seen)
    ids = [each if each in names else id_named(each, seen) or each for each in named]
    hints = {each: hint(each, seen) for each in ids if each not in names}
    return Scope({each: names.get(each, "") for each in ids}, hints=hints)


def declared_in(folder: Path, reader: Reader) -> dict[str, DeclaredProject]:
    """The projects that files in `folder` already declare, by id. DeclarationError if they cannot
    be read."""
    if not folder.is_dir() or not has_declarations(folder):
        return {}
    declarations = declare.load(
        [folder],
        environ=os.environ,
        references=declare.References.SKIP,
        discover=Directory(lambda: reader),
    )
    return {each.project_id: each for each in declarations.projects}


def _of_state(options: ImportOptions, reader: Reader) -> Scope:
    path = Path(options.from_tfstate)
    try:
        text = read_text(path)
    except OSError as error:
        raise DcsyncError(f"{path}: cannot be read: {error.strerror}") from None
    managed = tuple(
        each
        for each in adopt.managed_connectors(text, str(path))
        if not options.projects or each.project_id in options.projects
    )
    if not managed:
        raise CommandLineError(f"{path}: manages no Data Connectors of these projects")
    return Scope(_names(dict.fromkeys(each.project_id for each in managed), reader), managed)


def _of_organization(options: ImportOptions, reader: Reader) -> Scope:
    everything = _names_of(reader.list_projects(options.organization))
    wanted = options.projects or ["*"]
    names = {
        key: name
        for key, name in everything.items()
        if any(fnmatchcase(key, each) or fnmatchcase(name, each) for each in wanted)
    }
    if not names:
        raise CommandLineError(f"organization {options.organization} has no such project")
    return Scope(names, skips_empty=True)


def _names(ids: Mapping[str, None], reader: Reader) -> dict[str, str]:
    everything = _names_of(_visible_projects(reader))
    return {each: everything.get(each, "") for each in ids}


def _visible_projects(reader: Reader) -> list[Project]:
    """Display names only make nicer keys: without permission to list projects, ids are used."""
    try:
        return reader.list_projects()
    except (ConfigurationError, CredentialsError, Unauthorized):
        raise
    except CloudError:
        return []


def _names_of(projects: Iterable[Project]) -> dict[str, str]:
    return {each.project_id: each.display_name for each in projects}
