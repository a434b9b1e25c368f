"""What `doctor` looks at on this machine: declarations, references, the Git repository."""

from __future__ import annotations

import os
from pathlib import Path

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.dataclass import replace
from dcsync.declare import Discover, Discovery, FoundProject
from dcsync.doctor.facts import Files, Repository
from dcsync.errors import CloudError, DeclarationError, RevisionError
from dcsync.model import Declarations, Diagnostic, Severity
from dcsync.options.of_events import DoctorOptions
from dcsync.session.drifting import APPLIED
from dcsync.session.plans.planning import commit_of, narrow_run
from dcsync.session.selection.declarations import paths_of
from dcsync.session.selection.directory import Directory

SEARCHED = "projects: discover: the fleet is searched for in the cloud"


def load_files(options: DoctorOptions, directory: Directory | None, *, searches: bool) -> Files:
    """The declarations with what is wrong; `searches` also finds fleets in the cloud.

    Without a directory, display names are not looked up.
    """
    noted: list[Discovery] = []

    def note(discovery: Discovery) -> tuple[FoundProject, ...]:
        noted.append(discovery)
        return ()

    discover = directory if directory and searches else note
    try:
        found = _load(options, declare.References.WARN, discover)
    except DeclarationError as error:
        return Files(errors=_errors(error))
    except CloudError as error:
        return Files(left_out=f"the fleet cannot be searched for: {error}")
    narrowing, _ = narrow_run(options.selection, found, None, directory or Directory(_no_reader))
    projects = tuple(
        replace(each, connectors=tuple(c for c in each.connectors if narrowing.takes(c.address)))
        for each in found.projects
        if narrowing.takes_project(each)
    )
    known = tuple(each for each in projects if "${" not in each.project_id)
    left_out = [
        *(["the id of a project is a variable that is not set"] if known != projects else ()),
        *([SEARCHED] if noted else ()),
    ]
    rulebooks, broken_rules = _check_rules(options, discover)
    return Files(
        known,
        (),
        _unresolved(options, found, discover),
        "; ".join(left_out),
        rulebooks,
        broken_rules,
    )


def look_at_repository(options: DoctorOptions) -> Repository:
    """Whether there is one, how deep its history is, and whether the base is in it."""
    base, asked = options.base or APPLIED, bool(options.base)
    paths = paths_of(options.selection.paths)
    folder = paths[0] if paths[0].is_dir() else paths[0].parent
    root = declare.find_root(folder)
    if root is None:
        return Repository(False, base, asked)
    is_shallow, trouble, commit = False, "", None
    try:
        is_shallow = declare.is_shallow(root)
        commit = commit_of(paths, base, declare.find_commit if not asked else declare.find_ancestor)
    except RevisionError as error:
        trouble = str(error)
    return Repository(True, base, asked, is_shallow, trouble, commit.commit_id if commit else "")


def _load(
    options: DoctorOptions, references: declare.References, discover: Discover
) -> Declarations:
    paths = paths_of(options.selection.paths)
    return declare.load(paths, environ=os.environ, references=references, discover=discover)


def _check_rules(
    options: DoctorOptions, discover: Discover
) -> tuple[tuple[str, ...], tuple[Diagnostic, ...]]:
    """The files of house rules, and what breaks them in declarations without other errors."""
    paths = paths_of(options.selection.paths)
    rules = [Path(each) for each in options.rules]
    references = declare.References.WARN
    try:
        found = declare.load(
            paths, environ=os.environ, references=references, discover=discover, rules=rules
        )
    except DeclarationError as error:
        return (), _errors(error)
    return found.rulebooks, ()


def _no_reader() -> Reader:
    raise CloudError("--offline")


def _unresolved(
    options: DoctorOptions, found: Declarations, discover: Discover
) -> tuple[Diagnostic, ...]:
    """What is an error only where references are resolved."""
    if not found.warnings:
        return ()
    try:
        _load(options, declare.References.RESOLVE, discover)
    except DeclarationError as error:
        return _errors(error)
    return ()


def _errors(error: DeclarationError) -> tuple[Diagnostic, ...]:
    return tuple(each for each in error.diagnostics if each.severity is Severity.ERROR)
