"""Formats what `import` wrote, as text and JSON, and the secrets' values for their file.

Returns strings, prints nothing. Only `secrets_text` reveals a value.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from dcsync.adopt import AdoptedFile, Adoption, ManagedConnector, Variable
from dcsync.render.words import (
    Visible,
    counted,
    json_text,
    lines,
    paragraphs,
    quoted,
    value,
    visible,
)

FORMAT_VERSION = 1
Managed = Sequence[ManagedConnector] | None


def secrets_text(variables: Iterable[Variable]) -> str:
    """Lines for a shell: `set -a; . FILE; set +a`, or `export` lines."""
    exports = [f"export {each.name}={shlex.quote(each.value.reveal())}" for each in variables]
    return "\n".join(["# Secrets that dcsync imported. Never commit this file.", *exports, ""])


def render_text(adoption: Adoption, folder: Path, secrets: str, managed: Managed) -> Visible:
    """The files, the variables to set, what was omitted, and the tally."""
    blocks = [
        [visible(f"{folder / each.name}: {_size(each)}") for each in adoption.files],
        _variables(adoption.variables, secrets),
        _left_out(adoption),
        _handover(managed),
        [_tally(adoption)],
    ]
    return paragraphs(map(lines, blocks))


def render_json(adoption: Adoption, folder: Path, secrets: str, managed: Managed) -> Visible:
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
    return json_text(content)


def _size(file: AdoptedFile) -> str:
    fleet = f" in {file.projects} projects" if file.projects > 1 else ""
    return f"{counted(file.connectors, 'connector')}{fleet}"


def _variables(variables: Sequence[Variable], secrets: str) -> list[Visible]:
    if not variables:
        return []
    width = max(len(each.name) for each in variables)
    head = (
        f"Their values are in {secrets}; before planning: . {shlex.quote(_sourced(secrets))}"
        if secrets
        else "Variables to set before planning (dcsync did not keep their values):"
    )
    names = (f"  {each.name:{width}}  {value(each.field)}" for each in variables)
    return [visible(head), *map(visible, names)]


def _sourced(path: str) -> str:
    """A shell looks for a bare name elsewhere."""
    return path if "/" in path else f"./{path}"


def _left_out(adoption: Adoption) -> list[Visible]:
    found = [
        visible(
            f"  {each.connector.project_id}/{each.connector.data_connector_id}"
            f"  {quoted(each.connector.display_name)}: {each.reason}"
        )
        for each in adoption.left_out
    ]
    return [visible("Left unmanaged:"), *found] if found else []


def _handover(managed: Managed) -> list[Visible]:
    if not managed:
        return []
    commands = [visible(f"  terraform state rm {shlex.quote(each.address)}") for each in managed]
    head = "To make Terraform forget them, so that it does not delete them:"
    return [visible(head), *commands]


def _tally(adoption: Adoption) -> Visible:
    connectors = sum(each.connectors for each in adoption.files)
    files = counted(len(adoption.files), "file")
    return visible(
        f"Imported: {counted(connectors, 'connector')} into {files}; "
        f"{len(adoption.left_out)} left unmanaged."
    )
