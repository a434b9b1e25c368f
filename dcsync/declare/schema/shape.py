"""A fast check whether a JSON Schema accepts a value: same result as jsonschema, no messages.

The schema is compiled to plain functions, which is many times faster. Only the keywords that
dcsync's schemas use are supported; any other one is an error, so that none is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, Any]
Predicate = Callable[[Any], bool]

_ANNOTATIONS = frozenset(
    [
        *("$schema", "$defs", "title", "description", "default", "examples"),
        *("patternErrorMessage", "doNotSuggest", "deprecationMessage", "defaultSnippets"),
    ]
)
_PASSED_OVER = _ANNOTATIONS | {"then", "else", "additionalProperties"}
"""What says nothing of the value, and what another keyword takes care of."""


def compile_schema(schema: Schema) -> Predicate:
    """A function that returns whether the schema accepts a value."""
    return _Compiler(schema).check(schema)


def _anything(value: object) -> bool:  # noqa: ARG001 - the signature of a check
    return True


def _nothing(value: object) -> bool:  # noqa: ARG001 - the signature of a check
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and value.__class__ is not bool


_TYPES: Mapping[str, Predicate] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "null": lambda value: value is None,
    "integer": lambda value: _is_number(value) and value == value // 1,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
}


class _Compiler:
    """Compiles each keyword of a schema to a check; targets of `$ref` are compiled once."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.references: dict[str, Predicate] = {}
        self.keywords: Mapping[str, Callable[[Schema], Predicate]] = {
            "$ref": self._reference,
            "type": self._type,
            "enum": self._enum,
            "const": self._const,
            "pattern": self._pattern,
            "minLength": self._min_length,
            "minimum": self._minimum,
            "maximum": self._maximum,
            "properties": self._properties,
            "required": self._required,
            "propertyNames": self._property_names,
            "minProperties": self._min_properties,
            "maxProperties": self._max_properties,
            "items": self._items,
            "anyOf": self._any_of,
            "allOf": self._all_of,
            "not": self._not,
            "if": self._if,
        }

    def check(self, schema: Schema | bool) -> Predicate:
        if isinstance(schema, bool):
            return _anything if schema else _nothing
        keywords = [keyword for keyword in schema if keyword not in _PASSED_OVER]
        if "additionalProperties" in schema and "properties" not in schema:
            keywords.append("properties")
        return _all([self.keywords[keyword](schema) for keyword in keywords])

    def _reference(self, schema: Schema) -> Predicate:
        reference = schema["$ref"]
        if reference not in self.references:
            target: Any = self.root
            for step in reference.removeprefix("#/").split("/"):
                target = target[step]
            self.references[reference] = self.check(target)
        return self.references[reference]

    def _type(self, schema: Schema) -> Predicate:
        names = schema["type"]
        return _any([_TYPES[name] for name in ([names] if isinstance(names, str) else names)])

    def _enum(self, schema: Schema) -> Predicate:
        allowed = frozenset(schema["enum"])
        if not all(each is None or isinstance(each, str) for each in allowed):
            raise NotImplementedError("enum supports strings and null only")
        return lambda value: (value is None or isinstance(value, str)) and value in allowed

    def _const(self, schema: Schema) -> Predicate:
        constant = schema["const"]
        return lambda value: bool(value == constant) and value.__class__ is not bool

    def _pattern(self, schema: Schema) -> Predicate:
        search = re.compile(schema["pattern"]).search
        return lambda value: not isinstance(value, str) or search(value) is not None

    def _min_length(self, schema: Schema) -> Predicate:
        length = schema["minLength"]
        return lambda value: not isinstance(value, str) or len(value) >= length

    def _minimum(self, schema: Schema) -> Predicate:
        least = schema["minimum"]
        return lambda value: not _is_number(value) or value >= least

    def _maximum(self, schema: Schema) -> Predicate:
        most = schema["maximum"]
        return lambda value: not _is_number(value) or value <= most

    def _properties(self, schema: Schema) -> Predicate:
        known = {name: self.check(each) for name, each in schema.get("properties", {}).items()}
        other = self.check(schema.get("additionalProperties", True))

        def check(value: Any) -> bool:
            if not isinstance(value, dict):
                return True
            for name, each in value.items():  # noqa: SIM110 - `all` takes twice the time
                if not known.get(name, other)(each):
                    return False
            return True

        return check

    def _required(self, schema: Schema) -> Predicate:
        wanted = frozenset(schema["required"])
        return lambda value: not isinstance(value, dict) or wanted <= value.keys()

    def _property_names(self, schema: Schema) -> Predicate:
        name = self.check(schema["propertyNames"])
        return lambda value: not isinstance(value, dict) or all(map(name, value))

    def _min_properties(self, schema: Schema) -> Predicate:
        least = schema["minProperties"]
        return lambda value: not isinstance(value, dict) or len(value) >= least

    def _max_properties(self, schema: Schema) -> Predicate:
        most = schema["maxProperties"]
        return lambda value: not isinstance(value, dict) or len(value) <= most

    def _items(self, schema: Schema) -> Predicate:
        item = self.check(schema["items"])
        return lambda value: not isinstance(value, list) or all(map(item, value))

    def _any_of(self, schema: Schema) -> Predicate:
        return _any([self.check(each) for each in schema["anyOf"]])

    def _all_of(self, schema: Schema) -> Predicate:
        return _all([self.check(each) for each in schema["allOf"]])

    def _not(self, schema: Schema) -> Predicate:
        check = self.check(schema["not"])
        return lambda value: not check(value)

    def _if(self, schema: Schema) -> Predicate:
        condition = self.check(schema["if"])
        then = self._later(schema.get("then", True))
        otherwise = self.check(schema.get("else", True))
        return lambda value: then(value) if condition(value) else otherwise(value)

    def _later(self, schema: Schema | bool) -> Predicate:
        """Compiled when it is first asked: most runs have connectors of one type only."""
        compiled: list[Predicate] = []

        def check(value: Any) -> bool:
            if not compiled:
                compiled.append(self.check(schema))
            return compiled[0](value)

        return check


def _all(checks: list[Predicate]) -> Predicate:
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> bool:
        for each in checks:  # noqa: SIM110 - as above
            if not each(value):
                return False
        return True

    return check


def _any(checks: list[Predicate]) -> Predicate:
    if len(checks) == 1:
        return checks[0]

    def check(value: Any) -> bool:
        for each in checks:  # noqa: SIM110 - as above
            if each(value):
                return True
        return False

    return check
