"""Parses references: `${env:…}`, `${file:…}`, `${var:…}` and `${project:…}`.

`resolving` looks up their values.
"""

from __future__ import annotations

import re
from enum import StrEnum

from dcsync.dataclass import dataclass
from dcsync.declare.suggestions import did_you_mean

KINDS = ("env", "file", "var", "project")
PROJECT_FACTS = ("id", "key")

_TOKEN = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAMES = {
    "env": r"[A-Za-z_][A-Za-z0-9_]*",
    "var": r"[A-Za-z_][A-Za-z0-9_-]*",
    "file": r"[^\0]+",
    "project": "|".join(PROJECT_FACTS),
}


class References(StrEnum):
    """How references to the environment and to files are treated."""

    RESOLVE = "resolve"
    """An unset or empty variable without a default is an error."""
    WARN = "warn"
    """An unset variable is a warning: for checks only."""
    ALLOW_UNSET = "allow-unset"
    """An unset variable is a Secret without a value."""
    SKIP = "skip"
    """Secrets are not resolved; project, id and display_name still are."""
    NOTHING = "nothing"
    """Nothing is resolved: ids and names keep their references."""
    VARIABLES = "variables"
    """As NOTHING, except that set variables are resolved, to compare an earlier revision."""

    @property
    def is_earlier(self) -> bool:
        """Whether an earlier revision is loaded, whose unresolved references are no problem."""
        return self in (References.NOTHING, References.VARIABLES)


class MalformedReference(ValueError):
    """Invalid notation; the message says what is valid."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A `${kind:name:-default}`."""

    kind: str
    name: str
    default: str | None = None

    def __str__(self) -> str:
        """As written, without the default, which may be a secret."""
        default = "" if self.default is None else ":-…"
        return f"${{{self.kind}:{self.name}{default}}}"

    @property
    def is_secret(self) -> bool:
        return self.kind in ("env", "file")


Parts = tuple[str | Reference, ...]


def parse(text: str) -> Parts:
    """The literal parts and references of a string; MalformedReference."""
    parts: list[str | Reference] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(text[end : match.start()])
        parts.append("${" if match[1] is None else _reference(match[1], closed=bool(match[2])))
        end = match.end()
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def _reference(body: str, *, closed: bool) -> Reference:
    if not closed:
        raise MalformedReference(
            "a reference is not closed: '}' is missing ('$${' is a plain '${')"
        )
    if "${" in body:
        raise MalformedReference("a reference cannot be inside another")
    kind, colon, name = body.partition(":")
    if kind not in KINDS:
        raise MalformedReference(_unknown_kind(kind, colon))
    default = None
    if kind == "env":
        name, dash, rest = name.partition(":-")
        default = rest if dash else None
    if not re.fullmatch(_NAMES[kind], name):
        raise MalformedReference(_bad_name(kind, name))
    return Reference(kind, name, default)


def _unknown_kind(kind: str, colon: str) -> str:
    notations = "${env:NAME}, ${file:PATH}, ${var:NAME}, ${project:id} and ${project:key}"
    if not colon and re.fullmatch(_NAMES["env"], kind):
        return "a reference needs a kind, as in ${env:NAME} or ${var:NAME}"
    hint = did_you_mean(kind, KINDS) if kind.isidentifier() else ""
    return f"unknown kind of reference{hint}: use {notations}; '$${{' is a plain '${{'"


def _bad_name(kind: str, name: str) -> str:
    if kind == "project":
        return f"${{project:…}} has only 'id' and 'key'{did_you_mean(name, PROJECT_FACTS)}"
    if kind == "file":
        return "${file:PATH} needs a path"
    default = "; only env takes a default" if kind == "var" and ":-" in name else ""
    return f"${{{kind}:NAME}} needs a name of letters, digits and _{default}"
