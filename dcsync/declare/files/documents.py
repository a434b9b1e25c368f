"""Turns files into declarations: parsed as YAML, identified by the marker, checked by the
schema."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from dcsync.declare.declaration import Declaration
from dcsync.declare.files.finding import File, base_folder
from dcsync.declare.problems import Problems
from dcsync.declare.schema import schemas
from dcsync.declare.strict_yaml.blocks import Block, Items, Mark, line_and_column
from dcsync.declare.strict_yaml.builder import Document, ParsedYaml
from dcsync.declare.strict_yaml.reader import read
from dcsync.model import Position

_BEGINNING = "a declaration begins with 'dcsync: 1'"


def declaration_files(files: Sequence[File], problems: Problems) -> list[tuple[File, ParsedYaml]]:
    """The files that contain declarations, parsed; suspicious other files are reported."""
    found = []
    for file in files:
        parsed = read(file.data) if file.may_declare() else ParsedYaml()
        if _declares(file, parsed):
            found.append((file, parsed))
        else:
            _check_other(file, parsed, problems)
    return found


def declarations_in(
    files: Sequence[tuple[File, ParsedYaml]], root: Path | None, problems: Problems
) -> list[Declaration]:
    """All declarations; values that the schema rejects are reported and replaced by BROKEN."""
    root_of = cache(base_folder)
    found = []
    for file, parsed in files:
        for message, mark in parsed.problems:
            problems.error(message, _position(file, mark))
        for document in parsed.documents:
            if _has_marker(document):
                folder = file.path.parent
                where = (str(file.path), folder, root or root_of(folder))
                found.append(Declaration(*where, document.value, document.mark))
            elif document.value is not None:
                message = f"this document is not a declaration: {_BEGINNING}"
                problems.error(message, _position(file, document.mark))
    for declaration in found:
        schemas.check(declaration, problems)
    return found


def _position(file: File, mark: Mark) -> Position:
    return Position(str(file.path), *line_and_column(mark))


def _declares(file: File, parsed: ParsedYaml) -> bool:
    """Whether a document has the marker, or a file that cannot be parsed seems to."""
    return any(map(_has_marker, parsed.documents)) or (not parsed.complete and file.has_marker())


def _has_marker(document: Document) -> bool:
    """Whether it is ours: a key of that name above a mapping belongs to a CI job or a service."""
    value = document.value
    if not isinstance(value, Block) or "dcsync" not in value:
        return False
    return not isinstance(value["dcsync"], Block | Items)


def _check_other(file: File, parsed: ParsedYaml, problems: Problems) -> None:
    """Report a file without the marker if it was named, or seems to lack it by mistake."""
    if file.named:
        state = "not a declaration" if parsed.documents else "the file is empty"
        problems.error(f"{state}: {_BEGINNING}", file.position())
        return
    for document in parsed.documents:
        value = document.value
        if isinstance(value, Block) and "connectors" in value and value.keys() & _SIGNS:
            problems.warn(
                f"skipped, but it looks like a declaration: {_BEGINNING}",
                _position(file, document.mark),
            )


_SIGNS = frozenset(["project", "projects", "policy"])
