"""Describes schema violations and how to fix them. Never repeats a value."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dcsync.declare.problems import listed
from dcsync.declare.schema.misplaced import belongs_beside_config, empty_above, parent_of
from dcsync.declare.strict_yaml.blocks import KeyPath
from dcsync.declare.suggestions import did_you_mean

Description = tuple[str, KeyPath, bool]
"""A message, the path it is about, and whether it is about the key there."""

MAX_UNKNOWN = 100
"""Maximum number of unknown keys reported per mapping."""

_SHOWABLE = re.compile(r"[\w.-]{1,40}")

_WANTED: Mapping[str, str] = {
    "string": "a string",
    "array": "a list",
    "object": "a mapping",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_FORBIDDEN: Mapping[object, str] = {
    "project": "use 'project' or 'projects', not both",
    "id": "'id' pins one live connector: it is not allowed in a file with 'projects'",
}
_MISSING: Mapping[str, str] = {
    "dcsync": "a declaration begins with 'dcsync: 1'",
    "project": "'project' is missing: set the project's id, or use 'projects' for several",
    "prune": "'policy' needs 'prune': all, previous or none; deletion has no default",
}


class Violation(NamedTuple):
    """A keyword of the schema that a value violates."""

    path: tuple[str | int, ...]
    keyword: str
    limit: Any
    value: Any
    schema: Any
    is_key: bool
    """Whether `value` is a key of the mapping at `path`."""

    @classmethod
    def of(cls, error: Any) -> Violation:
        """From jsonschema's ValidationError."""
        return cls(
            tuple(error.absolute_path),
            error.validator,
            error.validator_value,
            error.instance,
            error.schema,
            "propertyNames" in error.schema_path,
        )

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for duplicates."""
        return (self.path, self.keyword, self.value if self.is_key else None)


def describe(violation: Violation) -> list[Description]:
    """The messages for one violation."""
    path = violation.path
    if violation.is_key:
        return [(f"{_name(violation.value)} {_problem(violation)}", (*path, violation.value), True)]
    match violation.keyword:
        case "type" if "enum" in violation.schema:
            return []  # the enum's message says more
        case "not":
            return [(_FORBIDDEN[path[-1]], path, True)]
        case "additionalProperties":
            return [
                (_unknown(key, violation), (*path, key), True)
                for key in unknown_keys(violation)[:MAX_UNKNOWN]
            ]
        case "required":
            return [(_missing(key, path), path, True) for key in missing_keys(violation)]
        case _:
            return [(f"{subject(path)} {_problem(violation)}", path, False)]


def broken_paths(violation: Violation) -> Iterable[KeyPath]:
    """The paths that are unusable because of this violation."""
    path = violation.path
    if violation.is_key:
        return [(*path, violation.value)]
    if violation.keyword == "additionalProperties":
        return [(*path, key) for key in unknown_keys(violation)]
    if violation.keyword == "required":
        return [path] if path and missing_keys(violation) else []
    return [path] if path else []


def unknown_keys(violation: Violation) -> list[str]:
    return [key for key in violation.value if key not in violation.schema["properties"]]


def missing_keys(violation: Violation) -> list[str]:
    """The missing keys; none in connectors, which are checked with `defaults` applied."""
    if violation.path[:1] == ("connectors",):
        return []
    return [key for key in violation.limit if key not in violation.value]


def subject(path: KeyPath) -> str:
    """What a message is about: `'labels'`, `item 2 of 'labels'`."""
    if not path:
        return "a declaration"
    if isinstance(path[-1], int):
        return f"item {path[-1] + 1} of {subject(path[:-1])}"
    return _name(path[-1])


def unknown_key(key: str, known: Iterable[str], owner: str = "") -> str:
    """The message for a key that does not exist."""
    known = tuple(known)
    for_owner = f" for {owner}" if owner else ""
    if owner and belongs_beside_config(key):
        return f"unknown key {_name(key)}{for_owner}: it belongs beside 'config', not under it"
    hint = did_you_mean(key, known) or f": known keys are {listed(known)}"
    return f"unknown key {_name(key)}{for_owner}{hint}"


def _name(key: object) -> str:
    return f"'{key}'" if _SHOWABLE.fullmatch(str(key)) else "this key"


def _unknown(key: str, violation: Violation) -> str:
    if key == "id" and violation.path == ("defaults",):
        return "'id' pins one live connector: it is not allowed in 'defaults'"
    known = violation.schema["properties"]
    empty = empty_above(key, violation.value, known)
    if empty:
        return f"unknown key {_name(key)}: indent it if it belongs under '{empty}'"
    parent = parent_of(key, known)
    if parent:
        return f"unknown key {_name(key)}: it belongs under '{parent}'"
    title = str(violation.schema.get("title", ""))
    return unknown_key(key, violation.schema["properties"], title if title.isupper() else "")


def _missing(key: str, path: KeyPath) -> str:
    return _MISSING.get(key) or f"{subject(path)} needs '{key}'"


def _problem(violation: Violation) -> str:
    limit: Any = violation.limit
    match violation.keyword:
        case "pattern":
            return str(violation.schema["patternErrorMessage"])
        case "enum":
            return _not_in_enum([each for each in limit if each is not None], violation.value)
        case "type" if violation.value is None and violation.path[0] == "connectors":
            return _nothing_given(violation.path, limit)
        case "type":
            return _wrong_type([limit] if isinstance(limit, str) else limit, violation.value)
        case "anyOf":  # a known value, or any other string
            return _wrong_type(["string"], violation.value)
        case keyword:
            return _PROBLEMS[keyword].format(limit)


_INDENT = defaultdict(str, object=": indent its keys below it")
_PROBLEMS: Mapping[str, str] = {
    "const": "must be {}: this version of dcsync reads no other format",
    "minLength": "must not be empty",
    "minimum": "must be {} or more",
    "maximum": "must be {} or less",
    "minProperties": "must name at least one project",
    "maxProperties": "has both 'discover' and projects: 'discover' must be the only key",
}


def _nothing_given(path: KeyPath, wanted: str) -> str:
    advice = {
        1: ": write {} if there are none, or indent the connectors below it",
        2: ": write {} to use only 'defaults', or indent its keys below it",
    }
    return f"must be {_WANTED[wanted]}, but is empty{advice.get(len(path), _INDENT[wanted])}"


def _not_in_enum(allowed: Sequence[str], value: object) -> str:
    hint = did_you_mean(value, allowed) if isinstance(value, str) else ""
    return f"must be {listed(allowed, 'or')}{hint}"


def _wrong_type(types: Sequence[str], value: object) -> str:
    wanted = next(name for name in types if name != "null")
    if value is None:
        return f"must be {_WANTED[wanted]}, but is empty{_INDENT[wanted]}"
    if wanted == "string" and isinstance(value, bool | int | float):
        kind = "true or false" if isinstance(value, bool) else "a number"
        return f"must be a string, not {kind}: put it in quotes"
    return f"must be {_WANTED[wanted]}, not {_kind(value)}"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case float():
            return "a fraction"
        case int():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "a mapping"
