"""Reads a rulebook: a JSON Schema in YAML or JSON, validated completely before it is used.

What JSON Schema would pass over in silence, a misspelt keyword, is an error here: a rule that is
never applied must not look like one that holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dcsync.dataclass import dataclass
from dcsync.declare.problems import Problems
from dcsync.declare.rules.matching import Matcher
from dcsync.declare.rules.patterns import UnknownPattern
from dcsync.declare.strict_yaml.blocks import Block, Items, KeyPath, line_and_column, mark_of
from dcsync.declare.strict_yaml.reader import read
from dcsync.declare.suggestions import did_you_mean
from dcsync.model import Position
from dcsync.regular_files import read_whole

MAX_BYTES = 100_000
MAX_VALUES = 10_000
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MAPS = ("properties", "patternProperties", "$defs", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SCHEMAS = (
    "additionalProperties",
    "propertyNames",
    "items",
    "contains",
    "not",
    "if",
    "then",
    "else",
)
_OPEN = ("additionalProperties", "items")
"""Keywords whose position jsonschema reports."""
_PLAIN = (
    *("type", "enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems"),
    *("minContains", "maxContains", "required", "minProperties", "maxProperties", "$ref"),
    "dependentRequired",
)
_SAYING = ("title", "description", "$comment", "default", "examples", "deprecated")
KEYWORDS = (*_MAPS, *_LISTS, *_SCHEMAS, *_PLAIN, *_SAYING)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """A schema that is safe to use, and the matchers of its patterns."""

    name: str
    schema: Block
    matchers: dict[str, Matcher]


def load(path: Path, problems: Problems) -> Rulebook | None:
    """The rulebook; None if it has problems, which are reported with their positions."""
    name = str(path)
    try:
        data = read_whole(path, MAX_BYTES)
    except OSError as error:
        problems.error(f"the rules cannot be read: {error.strerror}", Position(name, 1, 1))
        return None
    if path.suffix == ".json":
        data = data.replace(
            b"\t", b" "
        )  # JSON's strings hold no tab, and YAML may not indent by it
    text = read(data)
    for message, mark in text.problems:
        problems.error(message, Position(name, *line_and_column(mark)))
    if not text.complete or text.problems:
        return None
    values = [each.value for each in text.documents if each.value is not None]
    if len(values) != 1 or not isinstance(values[0], Block):
        message = "rules must be one JSON Schema: a mapping such as {properties: …, required: …}"
        problems.error(message, Position(name, 1, 1))
        return None
    return _RulebookReader(name, values[0], problems).rulebook()


class _RulebookReader:
    """Checks every schema in the file once."""

    def __init__(self, name: str, schema: Block, problems: Problems) -> None:
        self.name = name
        self.schema = schema
        self.problems = problems
        self.matchers: dict[str, Matcher] = {}
        self.is_good = True

    def rulebook(self) -> Rulebook | None:
        if _count(self.schema) > MAX_VALUES:
            self._refuse(f"more than {MAX_VALUES:,} values: rules must be smaller", ())
        else:
            self._read(self.schema, ())
            self._check_form()
        schema = _usable(self.schema)
        return Rulebook(self.name, schema, self.matchers) if self.is_good else None

    def _refuse(self, message: str, path: KeyPath, *, of_key: bool = False) -> None:
        mark = mark_of(self.schema, path, 0, of_key=of_key)
        self.problems.error(message, Position(self.name, *line_and_column(mark)))
        self.is_good = False

    def _read(self, schema: object, path: tuple[str | int, ...]) -> None:
        if isinstance(schema, bool):
            return
        if not isinstance(schema, Block):
            self._refuse("a rule must be a mapping, true or false", path)
            return
        for keyword, value in schema.items():
            here = (*path, keyword)
            if keyword not in KEYWORDS:
                self._read_other(keyword, value, path)
            elif keyword == "$ref":
                self._check_reference(value, here)
            elif keyword == "pattern":
                self._compile(value, here)
            for below, steps in _below(keyword, value):
                if keyword == "patternProperties":
                    self._compile(steps[0], (*here, *steps), of_key=True)
                self._read(below, (*here, *steps))

    def _read_other(self, keyword: str, value: object, path: tuple[str | int, ...]) -> None:
        here = (*path, keyword)
        if keyword == "$schema" and not path:
            if value not in (DIALECT, f"{DIALECT}#"):
                self._refuse(f"'$schema' must be {DIALECT}, or be omitted", here)
        elif not ((keyword == "$id" and not path) or keyword.startswith("x-")):
            hint = did_you_mean(keyword, KEYWORDS)
            self._refuse(f"unknown keyword '{keyword}' of JSON Schema{hint}", here, of_key=True)

    def _check_reference(self, value: object, path: KeyPath) -> None:
        if not isinstance(value, str) or not (value == "#" or value.startswith("#/")):
            message = "'$ref' must refer to this file, as in #/$defs/name: nothing is fetched"
            self._refuse(message, path)
        elif not isinstance(target_of(self.schema, value), Block | bool):
            self._refuse("this '$ref' refers to no rule", path)

    def _compile(self, pattern: object, path: KeyPath, *, of_key: bool = False) -> None:
        if not isinstance(pattern, str) or pattern in self.matchers:
            return  # what is no string is refused with the form of the whole
        try:
            self.matchers[pattern] = Matcher(pattern)
        except UnknownPattern as error:
            self._refuse(f"this pattern cannot be used: {error}", path, of_key=of_key)

    def _check_form(self) -> None:
        """Check the values of keywords with JSON Schema's own schema."""
        from jsonschema import Draft202012Validator

        if not self.is_good:
            return
        for error in Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(
            self.schema
        ):
            path = tuple(error.absolute_path)
            name = f"'{path[-1]}'" if path else "this"
            self._refuse(f"{name} is not valid in JSON Schema", path)


def _below(keyword: str, value: Any) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """The schemas in a keyword's value, each with its path."""
    if keyword in _MAPS and isinstance(value, Block):
        yield from ((each, (name,)) for name, each in value.items())
    elif keyword in _LISTS and isinstance(value, Items):
        yield from ((each, (index,)) for index, each in enumerate(value))
    elif keyword in _SCHEMAS:
        yield value, ()


def _count(value: Any) -> int:
    """The number of values, including those repeated by aliases."""
    if isinstance(value, Block):
        return 1 + sum(map(_count, value.values()))
    return 1 + sum(map(_count, value)) if isinstance(value, Items) else 1


def target_of(schema: Any, reference: str) -> Any:
    """The target of a `$ref`; None if there is none."""
    for step in reference.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, Items) and name.isdecimal() and int(name) < len(schema):
            schema = schema[int(name)]
        elif isinstance(schema, Block) and name in schema:
            schema = schema[name]
        else:
            return None
    return schema


def _usable(schema: Block) -> Block:
    """The schema without `$id` and `$schema`, so that references can only refer to this file."""
    bare = Block()
    for key, value in schema.items():
        if key not in ("$id", "$schema"):
            bare.put(key, _with_places_kept(key, value), schema.places[key])
    return bare


def _with_places_kept(keyword: str, value: Any) -> Any:
    """`false` replaced by {not: {}}: jsonschema does not report the position for `false`."""
    if keyword in _MAPS and isinstance(value, Block):
        for name, each in value.items():
            value[name] = _written_out(each)
    elif keyword in _LISTS and isinstance(value, Items):
        value[:] = map(_written_out, value)
    elif isinstance(value, Block) if keyword in _OPEN else keyword in _SCHEMAS:
        return _written_out(value)
    return value


def _written_out(schema: Any) -> Any:
    if schema is False:
        nothing = Block()
        nothing.put("not", Block(), (0, 0))
        return nothing
    if isinstance(schema, Block):
        for keyword, value in schema.items():
            schema[keyword] = _with_places_kept(keyword, value)
    return schema
