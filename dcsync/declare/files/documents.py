"""From files to declarations: read as YAML, told apart by the marker, checked by the schema."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dcsync.declare.declaration import Declaration
from dcsync.declare.files.finding import File, home_of
from dcsync.declare.problems import Problems
from dcsync.declare.schema import schemas
from dcsync.declare.strict_yaml.blocks import Block, Items, Mark, line_and_column
from dcsync.declare.strict_yaml.builder import Document, ParsedYaml
from dcsync.declare.strict_yaml.reader import read
from dcsync.model import Position

_BEGINNING = "a declaration begins with 'dcsync: 1'"


def declaring(files: Sequence[File], problems: Problems) -> list[tuple[File, ParsedYaml]]:
    """The files that hold declarations, read; the others are judged."""
    found = []
    for file in files:
        text = read(file.data) if file.may_declare() else ParsedYaml()
        if _declares(file, text):
            found.append((file, text))
        else:
            _judge_other(file, text, problems)
    return found


def declarations_in(
    files: Sequence[tuple[File, ParsedYaml]], root: Path | None, problems: Problems
) -> list[Declaration]:
    """Every declaration; what the schema refuses is reported and marked as BROKEN."""
    root_of = cache(home_of)
    found = []
    for file, text in files:
        for message, mark in text.problems:
            problems.error(message, _position(file, mark))
        for document in text.documents:
            if _has_marker(document):
                folder = file.path.parent
                where = (str(file.path), folder, root or root_of(folder))
                found.append(Declaration(*where, document.value, document.mark))
            elif document.value is not None:
                message = f"this document of the file is not a declaration: {_BEGINNING}"
                problems.error(message, _position(file, document.mark))
    for declaration in found:
        schemas.check(declaration, problems)
    return found


def _position(file: File, mark: Mark) -> Position:
    return Position(str(file.path), *line_and_column(mark))


def _declares(file: File, text: ParsedYaml) -> bool:
    """Whether one of the documents has the marker, or one that cannot be read seems to."""
    return any(map(_has_marker, text.documents)) or (not text.whole and file.has_marker())


def _has_marker(document: Document) -> bool:
    """A key of that name with a mapping below it is someone else's: a CI job, a service."""
    value = document.value
    if not isinstance(value, Block) or "dcsync" not in value:
        return False
    return not isinstance(value["dcsync"], Block | Items)


def _judge_other(file: File, text: ParsedYaml, problems: Problems) -> None:
    """A file without the marker is passed over, unless it was named or someone forgot it."""
    if file.named:
        state = "not a declaration" if text.documents else "empty, and so not a declaration"
        problems.error(f"{state}: {_BEGINNING}", file.position())
        return
    for document in text.documents:
        value = document.value
        if isinstance(value, Block) and "connectors" in value and value.keys() & _SIGNS:
            problems.warn(
                f"passed over, but it looks like a declaration: {_BEGINNING}",
                _position(file, document.mark),
            )


_SIGNS = frozenset(["project", "projects", "policy"])
