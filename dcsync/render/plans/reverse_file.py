"""The reverse plan in a saved plan: the former state as declarations. Reads and writes values.

Secrets are references; what has none is not in it. The digest only shows that nobody has changed
it by accident: whoever may write the file decides what is restored, as with any declaration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from dcsync import declare
from dcsync.dataclass import dataclass, replace
from dcsync.errors import DcsyncError, RefusedError
from dcsync.model import Connector, Declarations, Declared, DeclaredProject, FieldPath, field_path
from dcsync.plan.operations import Shown
from dcsync.plan.reverse import Former, Made, Restored


@dataclass(frozen=True, slots=True)
class Reverse:
    """The state before a run: its projects with everything that it changes."""

    declarations: Declarations
    formers: Mapping[str, Former]


def reverse_object(projects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The part of a saved plan that describes the former state."""
    return {"digest": _digest(projects), "projects": list(projects)}


def read_reverse(text: str, name: str, environ: Mapping[str, str]) -> Reverse | None:
    """The reverse plan in a saved plan, with references resolved; None for a plain plan.

    RefusedError where it was changed since, DeclarationError where a reference has no value.
    """
    content = json.loads(text).get("reverse")
    if content is None:
        return None
    if content["digest"] != _digest(content["projects"]):
        raise RefusedError(
            f"{name} was changed after it was saved, and cannot be trusted",
            below=["what it would revert does not match its digest"],
        )
    try:
        projects = [load_former(each, name, environ) for each in content["projects"]]
    except (KeyError, TypeError, AttributeError):
        raise DcsyncError(f"{name} has an invalid reverse plan") from None
    return Reverse(
        Declarations(tuple(declared for declared, _ in projects)),
        {declared.project_id: former for declared, former in projects},
    )


def load_former(
    content: Mapping[str, Any], name: str, environ: Mapping[str, str]
) -> tuple[DeclaredProject, Former]:
    """One project in its former state; its positions are those of the file."""
    project = _load(content, name, environ)
    by_key = {each.address.rpartition("/")[2]: each for each in project.connectors}
    restored = tuple(
        Restored(
            by_key[key],
            None if each["paths"] is None else tuple(map(field_path, each["paths"])),
            _shown(each["after"]),
            tuple(map(field_path, each["lost"])),
        )
        for key, each in content["restored"].items()
    )
    new = tuple(
        Made(_named(key, each, project), _shown(each["after"]))
        for key, each in content["made"].items()
    )
    return project, Former(frozenset(content["known"]), restored, new)


def _named(key: str, made: Mapping[str, Any], project: DeclaredProject) -> Declared:
    """A connector with only a name and a type."""
    connector = Connector(
        project_id=project.project_id,
        data_connector_id="",
        display_name=made["display_name"],
        type=made["type"],
        status="",
        event_types=(),
        labels=(),
        config=None,
    )
    return Declared(f"{project.key}/{key}", connector, project.position)


def _load(content: Mapping[str, Any], name: str, environ: Mapping[str, str]) -> DeclaredProject:
    document = {
        "dcsync": 1,
        "project": content["project_id"],
        "policy": content["policy"],
        "connectors": content["connectors"],
    }
    text = json.dumps(document).encode()
    loaded = declare.load_contents(
        {Path(name): text}, environ=environ, references=declare.References.RESOLVE
    )
    if len(loaded.projects) != 1:
        raise DcsyncError(f"{name} does not hold the project {content['project_id']}")
    return _called(loaded.projects[0], content["project_key"])


def _called(project: DeclaredProject, key: str) -> DeclaredProject:
    """The project with its key, which a file of one project cannot define."""

    def address(declared: Declared) -> Declared:
        return replace(declared, address=f"{key}/{declared.address.rpartition('/')[2]}")

    return replace(project, key=key, connectors=tuple(map(address, project.connectors)))


def _shown(values: Mapping[str, Any]) -> dict[FieldPath, Shown]:
    return {
        field_path(path): tuple(value) if isinstance(value, list) else value
        for path, value in values.items()
    }


def _digest(projects: object) -> str:
    text = json.dumps(projects, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
