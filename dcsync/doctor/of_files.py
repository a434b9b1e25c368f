"""Checks of what is on this machine: declarations, house rules, references, Git. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcsync.doctor.facts import Facts, Repository
from dcsync.doctor.findings import Finding, broken, counted, not_seen, ok, warning
from dcsync.model import Diagnostic, Prune

_MOST_SHOWN = 10


def declarations(facts: Facts) -> Iterator[Finding]:
    """Whether they can be read."""
    files = facts.files
    remedy = "correct the file; 'dcsync validate' reports every problem"
    found = [broken("declarations", str(each), remedy) for each in files.errors]
    yield from _first(found, "see 'dcsync validate'")
    if files.left_out:
        yield not_seen("declarations", files.left_out)
    if not files.errors:
        connectors = counted(sum(len(e.connectors) for e in files.projects), "connector")
        yield ok("declarations", f"{connectors} in {counted(len(files.projects), 'project')}")


def references(facts: Facts) -> Iterator[Finding]:
    """Whether all variables are set and all files exist; values are not checked."""
    files = facts.files
    remedy = "set it in the environment of dcsync, or add a default in the file"
    found = [
        broken(
            "references", each.message.partition(": set it")[0], remedy, str(each.position or "")
        )
        for each in files.unresolved
    ]
    yield from _first(found, "see 'dcsync validate --env'")
    if files.errors:
        yield not_seen("references", "the declarations cannot be read")
    elif not files.unresolved:
        yield ok("references", "all variables are set, all files exist")


def rules(facts: Facts) -> Iterator[Finding]:
    """Whether the connectors comply with the house rules; no findings without rules."""
    files = facts.files
    yield from _first(list(map(_broken_rule, files.broken_rules)), "see 'dcsync validate'")
    if files.errors:
        yield not_seen("rules", "the declarations cannot be read")
    elif files.rulebooks and not files.broken_rules:
        connectors = counted(sum(len(each.connectors) for each in files.projects), "connector")
        yield ok("rules", f"{connectors} checked by {', '.join(files.rulebooks)}")


def _broken_rule(problem: Diagnostic) -> Finding:
    what, place = problem.message.removeprefix("house rule: "), str(problem.position or "")
    remedy = "change the connector, or the rule" if problem.rule else "correct the rules"
    return broken("rules", what, remedy, place)


def _first(findings: Sequence[Finding], remedy: str) -> Iterator[Finding]:
    """The first few; of more only the number, with the command that shows them."""
    yield from findings[:_MOST_SHOWN]
    if len(findings) > _MOST_SHOWN:
        yield broken(findings[0].check, f"{len(findings) - _MOST_SHOWN} more", remedy)


def git(facts: Facts) -> Iterator[Finding]:
    """Whether the base that plans and drift compare with exists."""
    repository = facts.repository
    previous = [each.key for each in facts.files.projects if each.policy.prune is Prune.PREVIOUS]
    needed = repository.is_asked_for or bool(previous)
    why = (
        f"--base {repository.base}"
        if repository.is_asked_for
        else "prune: previous" * bool(previous)
    )
    found = _trouble_with(repository)
    if found is None:
        depth = "shallow" if repository.is_shallow else "complete"
        at = f"{repository.base} is {repository.base_commit[:8]}"
        yield ok("git", f"{at}, history is {depth}" if repository.base_commit else "no base needed")
    else:
        evidence, remedy = found
        message = f"{evidence}, and {why} needs it" if needed else evidence
        if needed:
            yield broken("git", message, remedy)
        elif repository.is_shallow:
            yield warning("git", message, remedy)
        else:
            yield ok("git", f"{message}; no policy needs a base")


def _trouble_with(repository: Repository) -> tuple[str, str] | None:
    if not repository.is_there:
        return "not in a Git repository", "run dcsync in a checkout, or omit --base"
    if repository.trouble and repository.is_shallow:
        return (
            f"shallow clone without {repository.base}",
            "check out with fetch-depth: 0, and fetch the ref "
            f"(git fetch origin +{repository.base}:{repository.base})",
        )
    if repository.trouble:
        return (
            repository.trouble,
            f"git fetch origin +{repository.base}:{repository.base}; before the first apply "
            "it does not exist",
        )
    return None
