"""Whatever a file holds, loading it gives declarations or diagnostics, and never anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dcsync import declare
from dcsync.declare.schema.shape import compile_schema
from dcsync.declare.strict_yaml import reader
from dcsync.declare.strict_yaml.blocks import Block, Items
from dcsync.declare.strict_yaml.builder import Document
from dcsync.errors import DeclarationError
from dcsync.model import Declarations
from tests.declare.editing import EDITS, edited, relaxed

SCHEMA = json.loads(declare.schema_text("declaration"))
ORACLE = jsonschema.Draft202012Validator(SCHEMA)
QUICK = compile_schema(SCHEMA)

HEAD = b"dcsync: 1\nproject: c9n2k4v0t7s1r3m5b6d8\npolicy: {prune: none}\n"


def load(data: bytes) -> Declarations | None:
    """None where there are diagnostics; each of them has a place in the file."""
    try:
        return declare.load_contents({Path("a.yaml"): data}, environ={})
    except DeclarationError as error:
        diagnostics = error.diagnostics
    assert diagnostics
    assert all(each.position for each in diagnostics)
    return None


def property_names(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        below = set().union(*map(property_names, schema.values()))
        return below | set(schema.get("properties", {}))
    return set().union(*map(property_names, schema)) if isinstance(schema, list) else set()


KEYS = sorted(property_names(SCHEMA))
WORDS = [
    "HTTP_PUSH", "AWS_SQS", "AZURE_EVENT_HUB", "ACTIVE", "touch", "all", "none",
    "c9n2k4v0t7s1r3m5b6d8",
    "https://a.example.com/${var:site}", "sb://a.example.com", "http://a.example.com", "${env:NO}",
    "${env:NO:-x}", "${file:no}", "${project:id}", "${", "$${", "${var:site}", "a/b", "", "name\n",
]  # fmt: skip
scalars = st.one_of(
    st.sampled_from(WORDS),
    st.none(),
    st.booleans(),
    st.integers(-2, 11),
    st.floats(),
    st.text(max_size=8),
)
structures = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=12,
)
connectors = st.fixed_dictionaries(
    {},
    optional={
        "display_name": scalars,
        "type": scalars,
        "status": scalars,
        "event_types": structures,
        "labels": structures,
        "id": scalars,
        "renamed_from": structures,
        "ignore_changes": structures,
        "sync_after": structures,
        "watch": structures,
        "config": structures
        | st.fixed_dictionaries({"url": scalars}, optional={"headers": structures}),
    },
)
declarations = st.fixed_dictionaries(
    {"dcsync": st.sampled_from([1, 1, 1, 1.0, True, "1", 2])},
    optional={
        "project": scalars,
        "projects": structures,
        "vars": structures,
        "policy": structures
        | st.fixed_dictionaries({"prune": scalars}, optional={"quota": scalars}),
        "defaults": structures | connectors,
        "connectors": structures
        | st.dictionaries(st.text(min_size=1, max_size=3), connectors, max_size=3),
    },
)


@relaxed
@given(st.binary(max_size=200))
def test_any_bytes_are_loaded_or_diagnosed(data: bytes) -> None:
    """Bytes of any kind behind a declaration's head give diagnostics at worst."""
    load(HEAD + data)
    load(data)


@relaxed
@given(st.text(alphabet="ab1 :-{}[],&*!|>'\"%@`#?\n\t~<$.=\\\u2028é", max_size=80))
def test_any_text_is_loaded_or_diagnosed(text: str) -> None:
    """So does text that is made of what means something in YAML."""
    load(HEAD + text.encode())
    load(b"dcsync: 1\n" + text.encode())


@pytest.mark.slow
@relaxed
@given(declarations)
def test_any_structure_is_loaded_or_diagnosed(structure: Any) -> None:
    """So does every structure under a declaration's own keys."""
    load(yaml.safe_dump(structure, allow_unicode=True).encode())


@pytest.mark.slow
@relaxed
@given(declarations)
def test_the_quick_check_agrees_with_jsonschema(structure: Any) -> None:
    """The compiled schema says of every structure what jsonschema says."""
    assert QUICK(structure) == ORACLE.is_valid(structure)


@pytest.mark.slow
@relaxed
@given(declarations)
def test_what_the_schema_refuses_never_loads(structure: Any) -> None:
    """The loader may be stricter than the schema that editors use, and is never laxer."""
    data = yaml.safe_dump(structure, allow_unicode=True).encode()
    documents = reader.read(data).documents
    if not all(ORACLE.is_valid(document.value) for document in documents):
        assert load(data) is None


@relaxed
@given(st.text(alphabet="ab1 :-{}[],&*!|>'\"#?\n~<.é", max_size=60))
def test_both_parsers_of_pyyaml_read_the_same(text: str) -> None:
    """Without libyaml, a text that both can read means the same and stands at the same places."""
    data = text.encode()
    quick, slow = reader.read(data, yaml.CSafeLoader), reader.read(data, yaml.SafeLoader)

    if quick.complete and slow.complete:
        assert repr([each.value for each in quick.documents]) == repr(
            [each.value for each in slow.documents]
        )
        assert quick.problems == slow.problems
        assert list(map(places, quick.documents)) == list(map(places, slow.documents))


def places(node: Any) -> Any:
    """Where everything is, but for values that are not there: the parsers place them apart."""
    match node:
        case Document():
            return node.value is not None and (node.mark, places(node.value))
        case Block():
            return [(node.key_mark(key), places(value)) for key, value in node.items()]
        case Items():
            marks = zip(node, node.places, strict=True)
            return [(mark, places(value)) for value, mark in marks if value is not None]
        case _:
            return ()


GOOD = sorted((Path(__file__).parent / "corpus" / "good").glob("*.yaml"))


@pytest.mark.slow
@relaxed
@given(st.sampled_from(GOOD), EDITS)
def test_a_good_file_with_typing_errors_is_loaded_or_diagnosed(
    path: Path, edits: list[tuple[float, int, str]]
) -> None:
    """Good declarations that are damaged anywhere still load, or give diagnostics."""
    load(edited(path.read_bytes().decode("utf-8"), edits).encode())
