"""The shipped schema, for editors and other programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest

from dcsync import declare, model
from dcsync.declare.schema.shape import compile_schema

Run = Callable[..., tuple[int, str, str]]

SCHEMA: dict[str, Any] = json.loads(declare.schema_text("declaration"))


def subschemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for each in schema.values():
            yield from subschemas(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from subschemas(each)


@pytest.mark.slow
def test_the_schema_is_a_proper_one() -> None:
    """It says which draft it is written in, and keeps to it."""
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def described(schema: dict[str, Any]) -> bool:
    """Whether it, or what it refers to, has a description."""
    if "description" in schema:
        return True
    target: Any = SCHEMA
    for step in schema.get("$ref", "#/$defs/nothing").removeprefix("#/").split("/"):
        target = target.get(step, {})
    return bool(target) and described(target)


def test_every_key_is_described_in_an_editor() -> None:
    """Each key that can be written has words to show while the mouse is over it."""
    written = {name: each for name, each in SCHEMA["$defs"].items() if "title" in each}
    keys = {
        f"{name}.{key}": each
        for name, definition in {"file": SCHEMA, **written}.items()
        for key, each in definition.get("properties", {}).items()
    }

    assert len(keys) > 50
    assert [key for key, each in keys.items() if not described(each)] == []


def test_examples_and_defaults_fit_their_own_schema() -> None:
    """What an editor offers is right."""
    for each in subschemas(SCHEMA):
        offered = [*each.get("examples", []), *([each["default"]] if "default" in each else [])]
        checks = jsonschema.Draft202012Validator({**each, "$defs": SCHEMA["$defs"]})
        for value in offered if isinstance(offered, list) else []:
            if "type" in each or "enum" in each or "$ref" in each:
                assert checks.is_valid(value), each.get("title")


def test_the_schema_knows_the_words_of_the_model() -> None:
    """Types, event types, device types and config fields are the model's."""
    definitions = SCHEMA["$defs"]
    assert definitions["type"]["enum"] == [*model.CONFIG_CLASSES, None]
    assert definitions["eventTypes"]["items"]["anyOf"][0]["enum"] == list(model.EVENT_TYPES)
    watched = definitions["watch"]["properties"]["device_types"]["items"]["anyOf"][0]["enum"]
    assert watched == list(model.DEVICE_TYPES)
    by_title = {each.get("title"): each for each in definitions.values()}
    for name, config in model.CONFIG_CLASSES.items():
        assert list(by_title[name]["properties"]) == [
            field.name for field in model.fields_of(config)
        ]


def test_patterns_mean_the_same_to_editors() -> None:
    """No pattern uses what JavaScript, which editors run, reads in another way."""
    for each in subschemas(SCHEMA):
        pattern = each.get("pattern")
        if isinstance(pattern, str):
            assert not [word for word in ("(?P", "\\A", "\\Z", "(?<", "(?i") if word in pattern]
            assert "patternErrorMessage" in each


@pytest.mark.parametrize("name", ["declaration", "plan"])
def test_the_command_prints_a_schema(run: Run, name: str) -> None:
    """`dcsync schema` prints what is shipped, the declaration's by default."""
    assert run("schema", name) == (0, declare.schema_text(name), "")
    assert run("schema")[1] == declare.schema_text("declaration")


def test_an_unknown_schema_is_wrong_usage(run: Run) -> None:
    """There are two schemas; another name is exit code 64."""
    assert run("schema", "plans")[0] == 64


def test_the_quick_check_knows_every_keyword_or_says_so() -> None:
    """A keyword that the compiled schema does not know is never skipped silently."""
    branches = [each["then"] for each in subschemas(SCHEMA) if "then" in each]
    for branch in (SCHEMA, *branches):
        compile_schema({**branch, "$defs": SCHEMA["$defs"]})
    with pytest.raises(KeyError):
        compile_schema({"uniqueItems": True})
    with pytest.raises(NotImplementedError):
        compile_schema({"enum": [1]})


def test_a_branch_is_compiled_for_the_values_that_it_is_about() -> None:
    """A run with connectors of one type takes the time of one."""
    accepts = compile_schema({"if": {"const": 1}, "then": {"uniqueItems": True}})

    assert accepts(2)
    with pytest.raises(KeyError):
        accepts(1)
