"""What people see while they write a declaration, in the language server that editors use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync.model import CONFIG_CLASSES, EVENT_TYPES, fields_of
from tests.editor.language_server import SERVER, Editor
from tests.editor.language_server import editor as open_editor

NODE = shutil.which("node")
SCHEMA = Path(__file__).parents[2] / "schemas" / "declaration.schema.json"
HEAD = "dcsync: 1\nproject: c0md3pm0p7bet3vico8g\npolicy: {prune: none}\nconnectors:\n  a:\n"

pytestmark = pytest.mark.skipif(
    NODE is None or not SERVER.exists(), reason="needs node and `npm ci --prefix tests/editor`"
)


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    with open_editor(NODE or "", SCHEMA) as opened:
        yield opened


def keys_of(kind: str) -> list[str]:
    return sorted(each.name for each in fields_of(CONFIG_CLASSES[kind]))


@pytest.mark.parametrize("kind", CONFIG_CLASSES)
def test_config_is_offered_by_type(kind: str, editor: Editor) -> None:
    """Inside `config` a type is offered its own fields, once each, and no others."""
    offered = [
        label
        for label, _ in editor.completions(f"{HEAD}    type: {kind}\n    config:\n      |")
        if label != kind  # all that is required, in one go
    ]

    assert sorted(offered) == keys_of(kind)


def test_a_type_that_is_left_out_is_http_push(editor: Editor) -> None:
    """So it is for a null, and in a file with defaults it is the type that they give."""
    http, sqs = keys_of("HTTP_PUSH"), keys_of("AWS_SQS")
    defaults = "dcsync: 1\nproject: c0md3pm0p7bet3vico8g\ndefaults: {type: AWS_SQS}\n"

    left_out = editor.completions(f"{HEAD}    config:\n      |")
    null = editor.completions(f"{HEAD}    type: null\n    config:\n      |")
    by_default = editor.completions(f"{defaults}connectors:\n  a:\n    config:\n      |")

    assert sorted(label for label, _ in left_out if label != "HTTP_PUSH") == http
    assert sorted(label for label, _ in null if label != "HTTP_PUSH") == http
    assert sorted(label for label, _ in by_default) == sqs


@pytest.mark.parametrize(
    "text",
    ["|", "dcsync: 1\np|", f"{HEAD}    |", "dcsync: 1\nproject: x\ndefaults:\n  |"],
    ids=["empty", "file", "connector", "defaults"],
)
def test_no_key_is_offered_twice(text: str, editor: Editor) -> None:
    """And each that is inserted ends with its colon or a value."""
    offered = editor.completions(text)
    labels = [label for label, _ in offered]

    assert offered
    assert len(labels) == len(set(labels))
    assert not [label for label, inserted in offered if ":" not in inserted]
    assert "undefined" not in str(offered)


def test_the_snippet_of_a_policy_has_what_it_needs(editor: Editor) -> None:
    """`prune` has no default: the snippet asks for it."""
    inserted = dict(editor.completions("dcsync: 1\npol|"))["policy"]

    assert "prune:" in inserted


@pytest.mark.parametrize("key", ["labels", "renamed_from", "ignore_changes", "event_types"])
def test_no_item_is_offered_as_undefined(key: str, editor: Editor) -> None:
    """A list of free strings offers nothing, a list of words its words."""
    offered = [label for label, _ in editor.completions(f"{HEAD}    {key}:\n      - |")]

    assert offered == (list(EVENT_TYPES) if key == "event_types" else [])


def test_hovering_explains_the_field_of_the_type(editor: Editor) -> None:
    """`url` of HTTP_PUSH is explained as that, not as the endpoint of any type."""
    shown = editor.hover(f"{HEAD}    config:\n      u|rl: https://example.com\n")

    assert "The endpoint: https, or http for localhost" in shown
    assert "sb://" not in shown


def test_an_event_types_typo_is_flagged(editor: Editor) -> None:
    """One that nobody knows may be newer than dcsync: the message says only that."""
    config = "    config: {url: https://example.com}\n"

    assert editor.problems(f"{HEAD}    event_types: [temprature]\n{config}") == [
        "dcsync knows no such event type"
    ]
    assert editor.problems(f"{HEAD}    event_types: [temperature]\n{config}") == []


def test_a_field_of_another_type_is_flagged(editor: Editor) -> None:
    """The message names the field."""
    problems = editor.problems(
        f"{HEAD}    type: GOOGLE_CLOUD_PUBSUB\n    config: {{topic: t, audience: a, url: u}}\n"
    )

    assert problems == ["Property url is not allowed."]
