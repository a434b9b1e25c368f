"""The quick verdict on a schema is jsonschema's, keyword by keyword."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dcsync import declare
from dcsync.declare.schema.config_schema import with_configs
from dcsync.declare.schema.shape import compile_schema
from dcsync.model import CONFIG_CLASSES

SCHEMAS = Path(__file__).parents[2] / "schemas"
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, 3, 4, -1, 1.0, 1.5, 2.5, "", "a", "ab", "abc", "abcd", "b", "1",
    [], [1], ["a"], ["a", 1], ["a", "ab"], [[]], {}, {"a": 1}, {"a": "x"}, {"b": 1}, {"a": None},
    {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": "x"}, {"ab": 1}, {"a": {"a": {}}},
    {"a": {"a": 1}}, [{"a": 1}, {}],
]  # fmt: skip
KINDS = ["object", "array", "string", "null", "integer", "number", "boolean"]


@pytest.mark.parametrize(
    "schema",
    [
        *({"type": kind} for kind in KINDS),
        {"type": ["string"]},
        {"type": ["string", "null"]},
        {"type": ["object", "integer", "null"]},
        {"enum": ["a", "b", None]},
        {"enum": ["a"]},
        {"const": 1},
        {"const": "a"},
        {"pattern": "^a"},
        {"pattern": "b"},
        {"minLength": 2},
        {"minLength": 1},
        {"minimum": 2},
        {"maximum": 2},
        {"minimum": 1, "maximum": 2},
        {"properties": {"a": {"type": "integer"}}},
        {"properties": {"a": True, "b": False}},
        {"properties": {"a": {}}, "additionalProperties": False},
        {"properties": {"a": {}}, "additionalProperties": {"type": "integer"}},
        {"additionalProperties": False},
        {"additionalProperties": {"type": "integer"}},
        {"required": ["a"]},
        {"required": ["a", "b"]},
        {"required": []},
        {"propertyNames": {"minLength": 2}},
        {"propertyNames": {"pattern": "^[ab]$"}},
        {"minProperties": 2},
        {"maxProperties": 2},
        {"minProperties": 1, "maxProperties": 1},
        {"items": {"type": "string"}},
        {"items": False},
        {"anyOf": [{"type": "string"}, {"minimum": 2}]},
        {"anyOf": [{"type": "string"}]},
        {"anyOf": [{"const": "a"}, {"const": "b"}, {"type": "object"}]},
        {"allOf": [{"type": "string"}, {"minLength": 2}, {"pattern": "c"}]},
        {"allOf": [{"minLength": 2}]},
        {"not": {"type": "string"}},
        {"not": {"required": ["a"]}},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"if": {"required": ["a"]}, "else": {"type": "string"}},
        {"if": {"type": "object"}, "then": {"required": ["a"]}, "else": {"type": "string"}},
        {"if": {"type": "string"}, "then": {"minLength": 2}, "else": False},
        {"$ref": "#/$defs/name", "$defs": {"name": {"type": "string"}}},
        {
            "properties": {"a": {"$ref": "#/$defs/in/here"}, "b": {"$ref": "#/$defs/in/here"}},
            "$defs": {"in": {"here": {"type": "integer"}}},
        },
        {
            "type": "object", "title": "t", "description": "d", "default": 1, "examples": [1],
            "patternErrorMessage": "m", "$schema": "https://json-schema.org/draft/2020-12/schema",
        },
        {},
    ],
    ids=json.dumps,
)  # fmt: skip
def test_a_keyword_means_what_the_standard_says(schema: dict[str, Any]) -> None:
    """For values of every kind, at and beside each limit."""
    accepts = compile_schema(schema)
    oracle = jsonschema.Draft202012Validator(schema)

    assert [accepts(each) for each in VALUES] == [oracle.is_valid(each) for each in VALUES]


def test_the_answer_of_a_check_is_true_or_false() -> None:
    """Nothing that only counts as such."""
    for schema in ({"const": 1}, {"pattern": "a"}, {"required": ["a"]}, {"minLength": 1}):
        assert {type(compile_schema(schema)(each)) for each in VALUES} == {bool}


@pytest.mark.parametrize("words", [[1], ["a", 1], [True], [1.5]])
def test_an_enum_of_other_things_is_refused(words: list[Any]) -> None:
    """1 and true are equal in Python, and not in JSON."""
    with pytest.raises(NotImplementedError) as caught:
        compile_schema({"enum": words})
    assert str(caught.value) == "enum supports strings and null only"


def test_the_schema_that_editors_read_is_what_the_types_make() -> None:
    """Made anew it is the file, key for key and in the file's order, and has no name twice."""
    base = json.loads((SCHEMAS / "declaration.base.json").read_text("utf-8"))
    made = (
        json.dumps(with_configs(base, tuple(CONFIG_CLASSES.values())), indent=2, ensure_ascii=False)
        + "\n"
    )

    assert made == (SCHEMAS / "declaration.schema.json").read_text("utf-8")
    assert made == declare.schema_text("declaration")
