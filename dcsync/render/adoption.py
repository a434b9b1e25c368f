"""What `import` wrote, as text and JSON, and the secrets' values for their file.

Returns strings, prints nothing. Only `secrets_text` reveals a value.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from dcsync.adopt import AdoptedFile, Adoption, ManagedConnector, Variable
from dcsync.render.words import quoted, visible

FORMAT_VERSION = 1
Managed = Sequence[ManagedConnector] | None


def secrets_text(variables: Iterable[Variable]) -> str:
    """Lines for a shell: `set -a; . FILE; set +a`, or as `export` lines right away."""
    lines = [f"export {each.name}={shlex.quote(each.value.reveal())}" for each in variables]
    return "\n".join(["# Secrets that dcsync imported. Never commit this file.", *lines, ""])


def render_text(adoption: Adoption, folder: Path, secrets: str, managed: Managed) -> str:
    """The files, the variables to set, what was left out, and the tally."""
    blocks = [
        [f"{folder / each.name}: {_size(each)}" for each in adoption.files],
        _variables(adoption.variables, secrets),
        _left_out(adoption),
        _handover(managed),
        [_tally(adoption)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def render_json(adoption: Adoption, folder: Path, secrets: str, managed: Managed) -> str:
    content = {
        "format_version": FORMAT_VERSION,
        "files": [
            {
                "file": str(folder / each.name),
                "connectors": each.connectors,
                "projects": each.projects,
            }
            for each in adoption.files
        ],
        "variables": [{"name": each.name, "field": each.field} for each in adoption.variables],
        "secrets_file": secrets or None,
        "left_out": [
            {
                "project_id": each.connector.project_id,
                "data_connector_id": each.connector.data_connector_id,
                "display_name": each.connector.display_name,
                "reason": each.reason,
            }
            for each in adoption.left_out
        ],
        "terraform": [each.address for each in managed or ()],
    }
    return json.dumps(content, indent=2)


def _size(file: AdoptedFile) -> str:
    fleet = f" in {file.projects} projects" if file.projects > 1 else ""
    return f"{_counted(file.connectors, 'connector')}{fleet}"


def _variables(variables: Sequence[Variable], secrets: str) -> list[str]:
    if not variables:
        return []
    width = max(len(each.name) for each in variables)
    head = (
        f"Their values are in {secrets}; before planning: . {shlex.quote(_sourced(secrets))}"
        if secrets
        else "Variables to set before planning (dcsync did not keep their values):"
    )
    return [head, *(f"  {each.name:{width}}  {visible(each.field)}" for each in variables)]


def _sourced(path: str) -> str:
    """A shell looks for a bare name elsewhere."""
    return path if "/" in path else f"./{path}"


def _left_out(adoption: Adoption) -> list[str]:
    lines = [
        f"  {each.connector.project_id}/{each.connector.data_connector_id}"
        f"  {quoted(each.connector.display_name)}: {visible(each.reason)}"
        for each in adoption.left_out
    ]
    return ["Left unmanaged:", *lines] if lines else []


def _handover(managed: Managed) -> list[str]:
    if not managed:
        return []
    lines = [f"  terraform state rm {shlex.quote(each.address)}" for each in managed]
    return ["To make Terraform forget them, so that it does not delete them:", *lines]


def _tally(adoption: Adoption) -> str:
    connectors = sum(each.connectors for each in adoption.files)
    files = _counted(len(adoption.files), "file")
    return (
        f"Imported: {_counted(connectors, 'connector')} into {files}; "
        f"{len(adoption.left_out)} left unmanaged."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
