"""Reads the file of accepted drift: entries with their positions, or all problems at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from dcsync.declare.files.finding import MAX_BYTES
from dcsync.declare.problems import Problems
from dcsync.declare.schema.schemas import schema_text
from dcsync.declare.schema.violations import Violation, describe
from dcsync.declare.strict_yaml.blocks import Mark, line_and_column, mark_of
from dcsync.declare.strict_yaml.builder import Document
from dcsync.declare.strict_yaml.reader import read
from dcsync.errors import DeclarationError
from dcsync.model import Position
from dcsync.model.acceptance import Acceptance
from dcsync.regular_files import read_whole

SCHEMA = "drift.accepted"


def load_accepted(path: Path) -> tuple[Acceptance, ...]:
    """The file's entries. DeclarationError with all problems; OSError if it cannot be read."""
    problems = Problems()
    parsed = read(read_whole(path, MAX_BYTES))

    def place(mark: Mark) -> Position:
        return Position(str(path), *line_and_column(mark))

    for message, mark in parsed.problems:
        problems.error(message, place(mark))
    documents = [each for each in parsed.documents if each.value is not None]
    if parsed.complete and len(documents) != 1:
        problems.error("must be one document with the key 'accepted'", place(0))
    entries = []
    for document in documents if not problems.has_errors else ():
        for found, at in _problems_of(document):
            problems.error(found, place(at))
        if not problems.has_errors:
            entries = [
                Acceptance(**each, position=place(mark_of(items, [number], document.mark)))
                for items in [document.value["accepted"]]
                for number, each in enumerate(items)
            ]
    if problems.has_errors:
        raise DeclarationError(problems.sorted())
    return tuple(entries)


def _problems_of(document: Document) -> list[tuple[str, Mark]]:
    """Violations of the schema, and invalid dates."""
    from jsonschema import Draft202012Validator

    if not isinstance(document.value, Mapping):
        return [("must be a mapping with the key 'accepted'", document.mark)]
    errors = Draft202012Validator(json.loads(schema_text(SCHEMA))).iter_errors(document.value)
    said = [each for error in errors for each in describe(Violation.of(error))]
    found = [
        (message.replace("a declaration needs", "the file needs"), _mark(document, path, of_key))
        for message, path, of_key in said
    ]
    return found or [
        ("'expires' must be a valid date", _mark(document, path, of_key=False))
        for path, text in _dates(document.value)
        if not _is_date(text)
    ]


def _mark(document: Document, path: Sequence[str | int], of_key: bool) -> Mark:
    return mark_of(document.value, path, document.mark, of_key=of_key)


def _dates(content: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    entries = enumerate(content["accepted"])
    return [(("accepted", number, "expires"), each["expires"]) for number, each in entries]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
