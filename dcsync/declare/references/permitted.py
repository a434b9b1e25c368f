"""Which variables of the environment a reference may name: some nowhere, some in secrets only.

Whoever writes a declaration chooses what is read: a pull request that nobody has reviewed yet
must not be able to choose a credential, nor to have anything else printed.
"""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.declare.declaration import Declaration
from dcsync.declare.problems import Problems
from dcsync.declare.references.notation import MalformedReference, Parts, Reference, parse
from dcsync.declare.strict_yaml.blocks import Block, Items, Mark, mark_of

FOR_SHOWN = "DCSYNC_VAR_"
"""Begins the names of variables that may be printed, as Terraform's begin with TF_VAR_."""

_OWN = ("DT_SERVICE_ACCOUNT_", "DT_CREDENTIALS_FILE", "DCSYNC_")
_OF_CI = ("GH_", "GITHUB_", "ACTIONS_", "RUNNER_", "CI_")


def problem_anywhere(reference: Reference) -> str:
    """Why no field may have this reference, or "". Letter case hides no name."""
    name = reference.name.upper()
    if reference.kind != "env" or reference.name.startswith(FOR_SHOWN):
        return ""
    if name.startswith(_OWN):
        return (
            f"{reference} is not allowed: no declaration may read dcsync's own credentials and "
            f"settings (DT_SERVICE_ACCOUNT_*, DT_CREDENTIALS_FILE, DCSYNC_* but {FOR_SHOWN}*)"
        )
    if name.startswith(_OF_CI):
        return (
            f"{reference} is not allowed: no declaration may read the CI system's variables "
            f"({', '.join(f'{each}*' for each in _OF_CI)}); give the value another name"
        )
    return ""


def problem_where_shown(reference: Reference) -> str:
    """Why a field that plans and reports print may not have this reference, or ""."""
    if reference.kind == "file":
        return f"{reference} cannot stand in a field that is shown: a file's content is secret"
    if reference.kind == "env" and not reference.name.startswith(FOR_SHOWN):
        return (
            f"{reference} cannot stand in a field that is shown: plans and reports print it; "
            f"name the variable {FOR_SHOWN}{reference.name}"
        )
    return ""


def refuse_everywhere(declaration: Declaration, problems: Problems) -> None:
    """Report references that no field may have, in what nothing uses as well."""
    for text, mark in _texts(declaration.block, set()):
        for part in _parts(text):
            problem = "" if isinstance(part, str) else problem_anywhere(part)
            if problem:
                problems.error(problem, declaration.at(mark))


def _texts(node: Block | Items, seen: set[int]) -> Iterator[tuple[str, Mark]]:
    """Every text that holds a reference; what aliases repeat is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    for key, value in node.items() if isinstance(node, Block) else enumerate(node):
        if isinstance(value, Block | Items):
            yield from _texts(value, seen)
        elif isinstance(value, str) and "${" in value:
            yield value, mark_of(node, [key], 0)


def _parts(text: str) -> Parts:
    try:
        return parse(text)
    except MalformedReference:
        return ()  # what uses the text complains
