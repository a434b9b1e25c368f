"""Which environment variables a reference may name: some none, some in secret fields only.

The author of a declaration chooses what is read: an unreviewed pull request must not be able to
read a credential, nor to print anything else.
"""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.declare.declaration import Declaration
from dcsync.declare.problems import Problems
from dcsync.declare.references.notation import MalformedReference, Parts, Reference, parse
from dcsync.declare.strict_yaml.blocks import Block, Items, Mark, mark_of

FOR_SHOWN = "DCSYNC_VAR_"
"""Prefix of variables that may be printed, like Terraform's TF_VAR_."""

_OWN = ("DT_SERVICE_ACCOUNT_", "DT_CREDENTIALS_FILE", "DCSYNC_")
_OF_CI = ("GH_", "GITHUB_", "ACTIONS_", "RUNNER_", "CI_")


def forbidden_anywhere(reference: Reference) -> str:
    """Why no field may have this reference, or "". Names are compared without case."""
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


def forbidden_where_shown(reference: Reference) -> str:
    """Why a field that plans and reports show may not have this reference, or ""."""
    if reference.kind == "file":
        return f"{reference} is not allowed in a field that is shown: a file's content is secret"
    if reference.kind == "env" and not reference.name.startswith(FOR_SHOWN):
        return (
            f"{reference} is not allowed in a field that is shown: plans and reports print it; "
            f"rename the variable to {FOR_SHOWN}{reference.name}"
        )
    return ""


def report_forbidden(declaration: Declaration, problems: Problems) -> None:
    """Report references that no field may have, also in unused parts of the file."""
    for text, mark in _strings(declaration.block, set()):
        for part in _parts(text):
            problem = "" if isinstance(part, str) else forbidden_anywhere(part)
            if problem:
                problems.error(problem, declaration.at(mark))


def _strings(node: Block | Items, seen: set[int]) -> Iterator[tuple[str, Mark]]:
    """All strings with a reference; values repeated by aliases only once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    for key, value in node.items() if isinstance(node, Block) else enumerate(node):
        if isinstance(value, Block | Items):
            yield from _strings(value, seen)
        elif isinstance(value, str) and "${" in value:
            yield value, mark_of(node, [key], 0)


def _parts(text: str) -> Parts:
    try:
        return parse(text)
    except MalformedReference:
        return ()  # reported where the string is used
