"""Checks of what is on this machine: declarations, house rules, references, Git. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.doctor.facts import Facts, Repository
from dcsync.doctor.findings import Finding, broken, counted, not_seen, ok, warning
from dcsync.model import Prune

_MOST_SHOWN = 10


def declarations(facts: Facts) -> Iterator[Finding]:
    """Whether they can be read."""
    files = facts.files
    for each in files.errors[:_MOST_SHOWN]:
        yield broken(
            "declarations", str(each), "correct the file; 'dcsync validate' reports every problem"
        )
    if len(files.errors) > _MOST_SHOWN:
        count = len(files.errors) - _MOST_SHOWN
        yield broken("declarations", f"{count} more problems", "see 'dcsync validate'")
    if files.left_out:
        yield not_seen("declarations", files.left_out)
    if not files.errors:
        connectors = counted(sum(len(e.connectors) for e in files.projects), "connector")
        yield ok("declarations", f"{connectors} in {counted(len(files.projects), 'project')}")


def references(facts: Facts) -> Iterator[Finding]:
    """Whether all variables are set and all files exist; values are not checked."""
    files = facts.files
    for each in files.unresolved[:_MOST_SHOWN]:
        place, what = str(each.position or ""), each.message.partition(": set it")[0]
        remedy = "set it in the environment of dcsync, or add a default in the file"
        yield broken("references", what, remedy, place)
    if len(files.unresolved) > _MOST_SHOWN:
        count = len(files.unresolved) - _MOST_SHOWN
        yield broken("references", f"{count} more", "see 'dcsync validate --env'")
    if files.errors:
        yield not_seen("references", "the declarations cannot be read")
    elif not files.unresolved:
        yield ok("references", "all variables are set, all files exist")


def rules(facts: Facts) -> Iterator[Finding]:
    """Whether the connectors comply with the house rules; no findings without rules."""
    files = facts.files
    for each in files.broken_rules[:_MOST_SHOWN]:
        place, what = str(each.position or ""), each.message.removeprefix("house rule: ")
        remedy = "change the connector, or the rule" if each.rule else "correct the rules"
        yield broken("rules", what, remedy, place)
    if len(files.broken_rules) > _MOST_SHOWN:
        count = len(files.broken_rules) - _MOST_SHOWN
        yield broken("rules", f"{count} more", "see 'dcsync validate'")
    if files.errors:
        yield not_seen("rules", "the declarations cannot be read")
    elif files.rulebooks and not files.broken_rules:
        connectors = counted(sum(len(each.connectors) for each in files.projects), "connector")
        yield ok("rules", f"{connectors} checked by {', '.join(files.rulebooks)}")


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
        told = f"{evidence}, and {why} needs it" if needed else evidence
        if needed:
            yield broken("git", told, remedy)
        elif repository.is_shallow:
            yield warning("git", told, remedy)
        else:
            yield ok("git", f"{told}; no policy needs a base")


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
