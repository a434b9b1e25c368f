"""One file, or one folder, a case: what is written, and what dcsync makes of it or says about it.

`good` loads; of the others, `text` is no proper YAML, `shape` breaks the schema and `meaning` only
breaks what a schema cannot say. Adding a case is adding a file; `pytest tests/declare
--update-corpus` writes what is expected, which is then reviewed as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from dcsync import declare
from dcsync.declare.schema.shape import compile_schema
from dcsync.declare.strict_yaml.builder import Document
from dcsync.declare.strict_yaml.reader import read
from dcsync.errors import DeclarationError
from dcsync.model import Declarations, Declared, FieldPath, Secret, config_leaves, revealed

CORPUS = Path(__file__).parent / "corpus"
ENVIRON = {
    "DCSYNC_VAR_PROJECT": "c9n2k4v0t7s1r3m5b6d0",
    "DCSYNC_VAR_SITE": "oslo",
    "DCSYNC_VAR_TWO_LINES": "a-first-line\na-second-line",
    "DCSYNC_VAR_PLAIN_URL": "http://hooks.example.com/path",
    "DCSYNC_VAR_EMPTY": "",
    "GITHUB_TOKEN": "the-token-value",
    "DT_SERVICE_ACCOUNT_SECRET": "the-token-value",
    "TOKEN": "the-token-value",
    "HOST": "hooks.example.com",
    "PLAIN_URL": "http://hooks.example.com/the-path-value",
    "TWO_LINES": "the-first-line\nthe-second-line",
    "EMPTY": "",
}
SECRETS = (
    "the-token-value",
    "the-path-value",
    "the-first-line",
    "the-second-line",
    "the-file-value",
    "the-clear-value",
)

SCHEMA = json.loads(declare.schema_text("declaration"))
ORACLE = jsonschema.Draft202012Validator(SCHEMA)
QUICK = compile_schema(SCHEMA)


def cases(kind: str) -> list[str]:
    return sorted(
        f"{kind}/{path.name}" for path in (CORPUS / kind).iterdir() if path.suffix != ".txt"
    )


GOOD, TEXT, SHAPE, MEANING = map(cases, ("good", "text", "shape", "meaning"))


def outcome(case: str) -> str:
    """What loading a case gives, as text: declared connectors and warnings, or the problems."""
    try:
        declarations = declare.load([Path(case)], environ=ENVIRON, root=Path(case).parent)
    except DeclarationError as error:
        return "".join(f"{each}\n" for each in error.diagnostics)
    return "".join(f"{line}\n" for line in summary(declarations))


def summary(declarations: Declarations) -> Iterator[str]:
    yield from map(str, declarations.warnings)
    for project in declarations.projects:
        policy = project.policy
        yield (
            f"{project.key}: {project.project_id} at {project.position}, prune {policy.prune}, "
            f"protect {list(policy.protect)}, {policy.max_deletes} of {policy.quota}"
        )
        for window in policy.freeze:
            yield f"  frozen from {window.begin} to {window.end} in {window.zone}"
        for declared in project.connectors:
            yield from connector_lines(declared)


def connector_lines(declared: Declared) -> Iterator[str]:
    connector = declared.connector
    yield f"  {declared.address} at {declared.position}: {connector.display_name!r}"
    yield f"    {connector.type} {connector.status or 'left as it is'}"
    yield f"    events {list(connector.event_types)}, labels {list(connector.labels)}"
    for path, text in config_leaves(connector.config):
        shown = f", shown as {text}" if isinstance(text, Secret) else ""
        yield f"    {FieldPath(path[1:])} = {revealed(text)!r}{shown}"
    for name, value in (
        ("id", connector.data_connector_id),
        ("renamed from", declared.renamed_from),
        ("ignores", tuple(map(str, declared.ignore_changes))),
        ("syncs after", declared.sync_after),
        ("labels watched", declared.watch.label_filters),
        ("device types watched", declared.watch.device_types),
        ("devices watched", declared.watch.device_ids),
    ):
        if value:
            yield f"    {name} {value}"


def documents(case: str) -> list[Document]:
    path = CORPUS / case
    files = sorted(path.glob("*.y*ml")) if path.is_dir() else [path]
    return [
        document
        for file in files
        for document in read(file.read_bytes()).documents
        if isinstance(document.value, dict)
    ]


def expect(case: str, request: pytest.FixtureRequest) -> str:
    """Compare with what is written beside the case, and hand back what came."""
    found = outcome(case)
    expected = (CORPUS / case).with_suffix(".txt")
    if request.config.getoption("--update-corpus", default=False):
        expected.write_text(found, "utf-8")

    assert found == expected.read_text("utf-8")
    return found


@pytest.fixture(autouse=True)
def _in_the_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CORPUS)


@pytest.mark.parametrize("case", GOOD)
def test_a_good_case_declares_what_is_expected(case: str, request: pytest.FixtureRequest) -> None:
    """What a good file declares, with its warnings, is what is written beside it."""
    assert "error:" not in expect(case, request)


@pytest.mark.parametrize("case", [*TEXT, *SHAPE, *MEANING])
def test_a_bad_case_has_the_expected_problems(case: str, request: pytest.FixtureRequest) -> None:
    """What dcsync says about a bad file is what is written beside it, and tells no secret."""
    said = expect(case, request)

    assert ": error: " in said
    assert not [secret for secret in SECRETS if secret in said]


@pytest.mark.parametrize("case", [*GOOD, *MEANING])
def test_the_schema_accepts_what_only_its_meaning_can_condemn(case: str) -> None:
    """An editor shows no error where the loader has none, or one that a schema cannot know."""
    for document in documents(case):
        if document.value.get("dcsync") == 1:
            assert list(ORACLE.iter_errors(document.value)) == []
            assert QUICK(document.value)


@pytest.mark.parametrize("case", SHAPE)
def test_the_schema_refuses_what_has_the_wrong_shape(case: str) -> None:
    """An editor shows an error for each file whose shape the loader refuses."""
    values: list[Any] = [document.value for document in documents(case)]

    assert not all(map(ORACLE.is_valid, values))
    assert not all(map(QUICK, values))
