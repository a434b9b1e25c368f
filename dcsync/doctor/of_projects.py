"""Checks of each project: visibility, permissions, quota. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.doctor.facts import Facts, ProjectFacts
from dcsync.doctor.findings import Finding, broken, counted, not_seen, ok, warning
from dcsync.doctor.of_cloud import has_api
from dcsync.doctor.permissions import COMMANDS, READ, missing, possible
from dcsync.errors import CredentialsRefused, DcsyncError, Forbidden, NotFound
from dcsync.model import Prune

_ROLE = "grant the service account the role project.developer, or project.user to only read"


def visibility(facts: Facts) -> Iterator[Finding]:
    """Whether the account sees each project at all."""
    for project, name in _seen(facts):
        both = (project.permissions, project.live)
        if all(isinstance(each, NotFound) for each in both):
            remedy = (
                "check the id; the account must be a member of the project or of its organization"
            )
            yield broken("project", "not visible to this account (404)", remedy, name)
        elif isinstance(project.live, Forbidden):
            yield broken("project", f"cannot be read: {project.live}", _ROLE, name)
        elif isinstance(project.live, DcsyncError) and isinstance(project.permissions, DcsyncError):
            yield not_seen("project", str(project.live), name)
    yield from _none_seen(facts, "project")


def permissions(facts: Facts) -> Iterator[Finding]:
    """Which of plan, apply, verify and import the permissions allow."""
    for project, name in _seen(facts):
        held = project.permissions
        if isinstance(held, DcsyncError):
            if not isinstance(project.live, NotFound | Forbidden):
                yield _unreadable(project, name, held)
        elif READ not in held:
            yield broken("permissions", f"lacks {READ}: nothing can be planned", _ROLE, name)
        else:
            yield _of_held(held, name)
    yield from _none_seen(facts, "permissions")


def quota(facts: Facts) -> Iterator[Finding]:
    """Whether the quota has room for declared connectors that are not live."""
    for project, name in _seen(facts):
        live, limit = project.live, project.declared.policy.quota
        if isinstance(live, DcsyncError):
            if not isinstance(live, NotFound | Forbidden):
                yield not_seen("quota", str(live), name)
            continue
        wanted = {each.connector.display_name for each in project.declared.connectors} - {*live}
        room = limit - len(live)
        evidence = f"{len(live)} of {counted(limit, 'connector')}"
        remedy = "delete unused connectors"
        if len(wanted) > max(room, 0) and project.declared.policy.prune is not Prune.ALL:
            yield broken("quota", f"{evidence}, and {len(wanted)} to create", remedy, name)
        elif room <= 0:
            yield warning("quota", f"{evidence}: no room for another one", remedy, name)
        else:
            yield ok("quota", f"room for {room} more", name)
    yield from _none_seen(facts, "quota")


def _seen(facts: Facts) -> Iterator[tuple[ProjectFacts, str]]:
    """The projects whose facts were gathered without refused credentials."""
    for project in facts.projects:
        refused = (isinstance(e, CredentialsRefused) for e in (project.permissions, project.live))
        if has_api(facts) and not any(refused):
            yield project, project.declared.key


def _none_seen(facts: Facts, check: str) -> Iterator[Finding]:
    if not any(_seen(facts)):
        yield not_seen(check, _why_none(facts))


def _why_none(facts: Facts) -> str:
    if facts.files.errors:
        return "the declarations cannot be read"
    if not facts.files.projects:
        return facts.files.left_out or "no project is declared"
    return "the API is not available"


def _unreadable(project: ProjectFacts, name: str, error: DcsyncError) -> Finding:
    known = "" if isinstance(project.live, DcsyncError) else "; it can be listed, so plan works"
    return not_seen("permissions", f"the API does not return them: {error}{known}", name)


def _of_held(held: tuple[str, ...], name: str) -> Finding:
    may = possible(held)
    lacking = missing((each for needed in COMMANDS.values() for each in needed), held)
    can = f"may {', '.join(may)}"
    if not lacking:
        return ok("permissions", can, name)
    cannot = ", ".join(each for each in COMMANDS if each not in may)
    evidence = f"{can}; not {cannot}: lacks {', '.join(lacking)}"
    remedy = "fine if the account only plans; otherwise grant it the role project.developer"
    return warning("permissions", evidence, remedy, name)
