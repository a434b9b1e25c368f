"""Finds the rules that a connector violates, with messages and positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from dcsync.dataclass import dataclass
from dcsync.declare.problems import listed
from dcsync.declare.rules.budget import StepBudget
from dcsync.declare.rules.rulebook import Rulebook, target_of
from dcsync.declare.rules.validator import unknown_keys, validator_of
from dcsync.declare.schema.violations import subject
from dcsync.declare.strict_yaml.blocks import Block, Items, KeyPath, line_and_column

MAX_BROKEN = 50
"""The maximum of violations reported per connector."""

MAX_HOPS = 20
"""The maximum of references followed to find a rule's position."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A violated rule: the message, the path of the value, and the rule."""

    message: str
    path: KeyPath
    of_key: bool
    rule: str


class Checker:
    """A rulebook compiled for many connectors."""

    def __init__(self, rulebook: Rulebook, budget: StepBudget) -> None:
        self._rulebook = rulebook
        self._budget = budget
        self._validator = validator_of(rulebook.schema, rulebook.matchers, budget)

    def broken_rules(self, document: Any) -> Iterator[Broken]:
        """Each rule that the document breaks. TooMuchWork; RecursionError where the rules lead
        round in circles.
        """
        self._budget.grow()
        for error in islice(self._validator.iter_errors(document), MAX_BROKEN):
            yield from self._broken(error)

    def _broken(self, error: Any) -> Iterator[Broken]:
        path, steps = tuple(error.absolute_path), tuple(error.absolute_schema_path)
        own_words, place = _rule_at(self._rulebook, steps)
        rule = "/".join(map(str, steps))
        if error.validator == "additionalProperties" or "propertyNames" in steps:
            for key in self._unwanted(error):
                said = own_words or f"'{key}' is not allowed {_inside(path)}"
                yield Broken(f"{said} ({place})", (*path, key), True, rule)
            return
        said = own_words or f"{subject(path) if path else 'a connector'} {_fault(error)}"
        yield Broken(f"{said} ({place})", path, error.validator == "required", rule)

    def _unwanted(self, error: Any) -> list[str]:
        if error.validator == "additionalProperties":
            return unknown_keys(error.instance, error.schema, self._rulebook.matchers)
        return [error.instance]


def _inside(path: KeyPath) -> str:
    return f"in {subject(path)}" if path else "here"


def _fault(error: Any) -> str:
    """The message, from the rule alone: the value may be a secret."""
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            missing = [f"'{key}'" for key in limit if key not in error.instance]
            return f"needs {listed(missing)}"
        case "enum":
            return f"must be {listed([str(each) for each in limit], 'or')}"
        case "type":
            return f"must be {listed([limit] if isinstance(limit, str) else limit, 'or')}"
        case keyword:
            return _FAULTS.get(keyword, "violates the rule").format(limit)


_FAULTS: Mapping[str, str] = {
    "pattern": "must match {}",
    "const": "must be {}",
    "minLength": "has too few characters (minimum {})",
    "maxLength": "has too many characters (maximum {})",
    "minItems": "has too few items (minimum {})",
    "maxItems": "has too many items (maximum {})",
    "minProperties": "has too few entries (minimum {})",
    "maxProperties": "has too many entries (maximum {})",
    "uniqueItems": "must not repeat an item",
    "contains": "lacks an item that the rule requires",
    "not": "is excluded by the rule",
    "anyOf": "matches none of the allowed alternatives",
    "oneOf": "does not match exactly one of the allowed alternatives",
    "dependentRequired": "lacks a field that the rule requires with it",
}


def _rule_at(rulebook: Rulebook, steps: KeyPath) -> tuple[str, str]:
    """What the rule says of itself (the innermost description or title on the way to it, but for
    that of the file), and its place in the file.
    """
    schema: Any = rulebook.schema
    said, mark = "", 0
    for step in steps:
        said = _own_words(schema, rulebook) or said
        for _ in range(MAX_HOPS):  # jsonschema leaves `$ref` out of its steps
            if isinstance(schema, Block) and step not in schema and "$ref" in schema:
                schema = target_of(rulebook.schema, schema["$ref"])
                said = _own_words(schema, rulebook) or said
        if isinstance(schema, Block) and step in schema:
            mark = schema.key_mark(str(step)) or mark
        schema = _below(schema, step)
    line, column = line_and_column(mark)
    return said, f"{rulebook.name}:{line}:{column}"


def _own_words(schema: Any, rulebook: Rulebook) -> str:
    if not isinstance(schema, Block) or schema is rulebook.schema:
        return ""
    words = (schema.get(keyword) for keyword in ("description", "title"))
    return next((each for each in words if isinstance(each, str)), "")


def _below(schema: Any, step: str | int) -> Any:
    if isinstance(schema, Block):
        return schema.get(str(step))
    return schema[step] if isinstance(schema, Items) and isinstance(step, int) else None
