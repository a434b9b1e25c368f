"""The three sides of `drift`: last applied, declared, live. Changes nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from dcsync import declare
from dcsync.cloud import Reader
from dcsync.cloud.fleet import Listing, list_each
from dcsync.dataclass import dataclass, replace
from dcsync.declare.accepted import load_accepted
from dcsync.drift import (
    DriftReport,
    ProjectDrift,
    Sides,
    find_drift,
    report_of,
    sides_of,
)
from dcsync.errors import CloudError, DcsyncError, NotFound, RevisionError
from dcsync.model import Declarations, Diagnostic, FieldPath, Severity, comparable
from dcsync.model.acceptance import Acceptance
from dcsync.options.of_plans import DriftOptions
from dcsync.options.shared import SelectionOptions
from dcsync.plan import Narrowing, join
from dcsync.plan.differ import unknown_fields
from dcsync.session.output.console import Console
from dcsync.session.plans.planning import commit_of, narrow_run, refuse_left_out
from dcsync.session.selection.declarations import paths_of
from dcsync.session.selection.directory import Directory

APPLIED = "refs/dcsync/applied"
"""The ref that the shipped workflows move after an apply."""
ACCEPTED = "drift.accepted.yaml"
"""The file that is read without `--accepted`, where there is one."""
_FILE_REFERENCE = re.compile(r"\$\{file:(.+?)\}")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a run compares: each project's sides, the narrowing, the commit that was applied."""

    sides: tuple[Sides, ...]
    narrowing: Narrowing
    revision: str
    problems: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]


def load_sides(options: DriftOptions, console: Console, directory: Directory) -> Compared:
    """Both revisions' declarations. Raises with every problem of either."""
    paths = paths_of(options.selection.paths)
    commit = _applied_commit(paths, options.applied)
    unset = declare.References.ALLOW_UNSET if options.allow_unset else declare.References.RESOLVE

    declared = declare.load(paths, environ=os.environ, references=unset, discover=directory)
    applied, explicit = _load_applied(paths, commit, directory)
    refuse_left_out(paths, console, join(declared, applied))
    narrowing, _ = narrow_run(options.selection, declared, applied, directory)
    return Compared(
        sides_of(
            applied,
            declared,
            found={each.project_id for each in applied.projects} - explicit,
            stale=frozenset(_stale(applied, commit)) if commit else (),
            narrowing=narrowing,
        ),
        narrowing,
        commit.commit_id if commit else "",
        tuple(_unknown_project(each) for each in applied.warnings),
        (*declared.warnings, *_warn_of_other_history(paths, options.applied)),
    )


def compare(
    compared: Compared,
    reader: Reader,
    options: DriftOptions,
    acceptances: Sequence[Acceptance],
) -> DriftReport:
    """List each project once, concurrently, and find what has drifted."""
    sides = {each.project.project_id: each for each in compared.sides}
    listed = dict(list_each(reader, sides, options.cloud.parallelism))
    gone = [each for key, each in sides.items() if not each.declared and _is_gone(listed[key])]
    found = [
        _drift_in(each, listed[key], compared.narrowing, options)
        for key, each in sides.items()
        if each not in gone
    ]
    warnings = (*compared.warnings, *map(_gone_remark, gone))
    return report_of(
        compared.revision,
        found,
        acceptances,
        today=datetime.now(UTC).date().isoformat(),
        remarks=(compared.problems, warnings),
        is_whole_run=options.selection == SelectionOptions(options.selection.paths),
    )


def name_projects(report: DriftReport, directory: Directory, *, asks: bool) -> DriftReport:
    """With what the projects concerned are called; without `asks`, as far as that is known."""
    concerned = {each.project_id: each.project_key for each in report.judged.drifts}
    concerned |= {each.project_id: each.project_key for each in report.unmanaged}
    found = directory.names_of(concerned) if asks and concerned else directory.known
    names = {key: found[each] for each, key in concerned.items() if each in found}
    return replace(report, names=names)


def load_acceptances(named: str | None) -> tuple[Acceptance, ...]:
    """The entries of the file, by default `drift.accepted.yaml` in the working directory."""
    path = Path(named or ACCEPTED)
    try:
        return load_accepted(path)
    except OSError as error:
        if named is None and isinstance(error, FileNotFoundError):
            return ()
        raise DcsyncError(f"{path}: cannot be read: {error.strerror}") from None


def _applied_commit(paths: Sequence[Path], revision: str) -> declare.Commit | None:
    try:
        return commit_of(paths, revision, declare.find_commit)
    except RevisionError as error:
        if revision != APPLIED:
            raise
        raise RevisionError(
            f"the revision applied last is unknown: {error}",
            below=[
                f"fetch it (git fetch origin +{APPLIED}:{APPLIED}), or name it with --applied REV;",
                "the shipped workflows move that ref after each apply",
            ],
        ) from None


def _warn_of_other_history(paths: Sequence[Path], revision: str) -> Iterator[Diagnostic]:
    try:
        commit_of(paths, revision, declare.find_ancestor)
    except RevisionError:
        message = f"{revision} is not an ancestor of HEAD: pending changes may revert later ones"
        yield Diagnostic(Severity.WARNING, message)


def _load_applied(
    paths: Sequence[Path], commit: declare.Commit | None, directory: Directory
) -> tuple[Declarations, set[str]]:
    """What was applied, and the ids of the projects that its files name themselves."""
    if commit is None:
        return Declarations(()), set()
    named = declare.load_revision(paths, commit, lambda _: (), environ=os.environ)
    applied = declare.load_revision(paths, commit, directory, environ=os.environ)
    return applied, {each.project_id for each in named.projects}


def _stale(applied: Declarations, commit: declare.Commit) -> Iterator[tuple[str, FieldPath]]:
    """Address and path of each value from a file of the repository that has changed since."""
    wanted = [
        (declared.address, comparable(path), place)
        for project in applied.projects
        for declared in project.connectors
        for path, text in unknown_fields(declared)
        for place in _places(str(text), declared.position.file)
    ]
    changed = commit.changed_paths({place for *_, place in wanted}) if wanted else frozenset()
    return ((address, path) for address, path, place in wanted if place in changed)


def _places(text: str, declaring: str) -> Iterator[str]:
    """The files that a value refers to, from the repository's root; `declaring` is COMMIT:PATH."""
    folder = PurePosixPath(declaring.partition(":")[2]).parent
    for name in _FILE_REFERENCE.findall(text):
        if not name.startswith("/"):
            yield os.path.normpath(folder / name)


def _unknown_project(warning: Diagnostic) -> Diagnostic:
    message = "the project of this declaration is unknown: a variable is not set"
    return Diagnostic(Severity.ERROR, message, warning.position)


def _is_gone(listing: Listing) -> bool:
    return isinstance(listing, NotFound)


def _gone_remark(sides: Sides) -> Diagnostic:
    message = (
        f"project {sides.project.key} is no longer declared, and no longer exists in the cloud"
    )
    return Diagnostic(Severity.WARNING, message, sides.project.position)


def _drift_in(
    sides: Sides, listing: Listing, narrowing: Narrowing, options: DriftOptions
) -> ProjectDrift:
    if isinstance(listing, CloudError):
        message = f"project {sides.project.key} cannot be listed: {listing}"
        problem = Diagnostic(Severity.ERROR, message, sides.project.position)
        return ProjectDrift(problems=(problem,))
    live = sorted(listing, key=lambda each: (each.display_name, each.data_connector_id))
    return find_drift(sides, live, narrowing, counts_unmanaged=options.unmanaged)
