"""The notation of references: `${env:…}`, `${file:…}`, `${var:…}` and `${project:…}`.

Only reads the notation; what a reference stands for is resolved elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from dcsync.declare.words import did_you_mean

KINDS = ("env", "file", "var", "project")
PROJECT_FACTS = ("id", "key")

_TOKEN = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAMES = {
    "env": re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
    "var": re.compile(r"[A-Za-z_][A-Za-z0-9_-]*"),
    "file": re.compile(r"[^\0]+"),
    "project": re.compile("|".join(PROJECT_FACTS)),
}


class References(StrEnum):
    """How references to the environment and to files are treated."""

    RESOLVE = "resolve"
    """Unset or empty without a default is an error."""
    WARN = "warn"
    """Unset is a warning: for checking only."""
    ALLOW_UNSET = "allow-unset"
    """Unset is a Secret without a value."""
    SKIP = "skip"
    """Nothing secret is resolved; project, id and display_name still are."""
    NOTHING = "nothing"
    """Nothing is resolved: in an id or a name, a reference stands for itself."""
    VARIABLES = "variables"
    """The same but for variables that are set: of a former revision, to compare it."""

    @property
    def is_former(self) -> bool:
        """Whether a former revision is read: its references are nobody's problem any more."""
        return self in (References.NOTHING, References.VARIABLES)


class MalformedReference(ValueError):
    """The notation is wrong; the message says how it should be."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One `${kind:name:-default}`."""

    kind: str
    name: str
    default: str | None = None

    def __str__(self) -> str:
        """As written, but for the default, which may be a secret."""
        default = "" if self.default is None else ":-…"
        return f"${{{self.kind}:{self.name}{default}}}"

    @property
    def is_secret(self) -> bool:
        return self.kind in ("env", "file")


Parts = tuple[str | Reference, ...]


def parse(text: str) -> Parts:
    """The literal texts and references that `text` is made of; MalformedReference."""
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
        raise MalformedReference("a reference cannot stand inside another")
    kind, colon, name = body.partition(":")
    if kind not in KINDS:
        raise MalformedReference(_unknown_kind(kind, colon))
    default = None
    if kind == "env":
        name, dash, rest = name.partition(":-")
        default = rest if dash else None
    if not _NAMES[kind].fullmatch(name):
        raise MalformedReference(_bad_name(kind, name))
    return Reference(kind, name, default)


def _unknown_kind(kind: str, colon: str) -> str:
    ways = "${env:NAME}, ${file:PATH}, ${var:NAME}, ${project:id} and ${project:key}"
    if not colon and _NAMES["env"].fullmatch(kind):
        return "a reference needs its kind, as in ${env:NAME} or ${var:NAME}"
    hint = did_you_mean(kind, KINDS) if kind.isidentifier() else ""
    return f"no such reference{hint}: there are {ways}; '$${{' is a plain '${{'"


def _bad_name(kind: str, name: str) -> str:
    if kind == "project":
        return f"${{project:…}} knows 'id' and 'key'{did_you_mean(name, PROJECT_FACTS)}"
    if kind == "file":
        return "${file:PATH} needs a path"
    default = "; only env takes a default" if kind == "var" and ":-" in name else ""
    return f"${{{kind}:NAME}} needs a name of letters, digits and _{default}"
