"""The canonical order of keys: that of the schema. Comments move with the key below them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import pairwise
from operator import getitem
from typing import Any

import yaml

from dcsync.dataclass import dataclass
from dcsync.declare.schema.schemas import declaration_schema
from dcsync.declare.strict_yaml.reader import LOADER

LineNumbers = list[int]
"""Line numbers, in the order in which the lines should be."""


def sorted_lines(text: str) -> LineNumbers:
    """The lines of a valid YAML file, with the keys of its declarations in order."""
    lines = text.split("\n")
    sorter = _Sorter(lines)
    ordered: LineNumbers = []
    for root in yaml.compose_all(text, Loader=LOADER):
        end = min(root.end_mark.line, len(lines))
        start = len(ordered)
        ordered += sorter.node(root, declaration_schema(), start, end, is_root=True)
    return ordered + list(range(len(ordered), len(lines)))


@dataclass(slots=True)
class _Chunk:
    """An entry of a mapping: the blank lines above it, its comments and its own lines."""

    rank: int
    blanks: LineNumbers
    body: LineNumbers


class _Sorter:
    """Sorts one document, mapping by mapping, from the outside in."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def node(
        self, node: Any, schema: Mapping[str, Any], start: int, end: int, *, is_root: bool = False
    ) -> LineNumbers:
        """The lines from `start` to before `end`, which contain `node`."""
        if not self._can_sort(node, start, end):
            return list(range(start, end))
        schema = _target(schema)
        firsts = [key.start_mark.line for key, _ in node.value]
        column = node.value[0][0].start_mark.column
        # Comments above the first key of a file are the file's header and stay there.
        bounds = [firsts[0] if is_root else self._top(firsts[0], start, column, blanks=False)]
        bounds += [self._top(first, above + 1, column) for above, first in pairwise(firsts)]
        tail = self._top(end, firsts[-1] + 1, column)
        chunks = [
            self._chunk(entry, schema, top, bottom)
            for entry, (top, bottom) in zip(node.value, pairwise([*bounds, tail]), strict=True)
        ]
        moved = _sorted(chunks)
        head, foot = range(start, bounds[0]), range(tail, end)
        return [*head, *(line for each in moved for line in each.blanks + each.body), *foot]

    def _can_sort(self, node: Any, start: int, end: int) -> bool:
        """Whether each entry of a mapping begins on a line of its own, in one column."""
        if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
            return False
        marks = [key.start_mark for key, _ in node.value]
        return (
            len({mark.column for mark in marks}) == 1
            and all(above.line < below.line for above, below in pairwise(marks))
            and start <= marks[0].line
            and marks[-1].line < end
            and all(not self.lines[mark.line][: mark.column].strip() for mark in marks)
        )

    def _top(self, line: int, least: int, column: int, *, blanks: bool = True) -> int:
        """The first line of the comments above `line` that are indented no deeper than `column`."""
        while line > least:
            above = self.lines[line - 1]
            text = above.lstrip(" ")
            is_comment = text.startswith("#") and len(above) - len(text) <= column
            if not is_comment and not (blanks and not text.strip()):
                break
            line -= 1
        return line

    def _chunk(
        self, entry: tuple[Any, Any], schema: Mapping[str, Any], top: int, bottom: int
    ) -> _Chunk:
        key, value = entry
        first = key.start_mark.line
        start = top
        while start < first and not self.lines[start].strip():
            start += 1
        body = list(range(start, first + 1))
        if value.start_mark.index > key.start_mark.index:
            body += self.node(value, _below(schema, key.value), first + 1, bottom)
        else:  # an alias: its node is elsewhere
            body += range(first + 1, bottom)
        return _Chunk(_rank(schema, key), list(range(top, start)), body)


def _sorted(chunks: list[_Chunk]) -> list[_Chunk]:
    """By rank; the blank lines above the first entry stay at the top."""
    moved = sorted(chunks, key=lambda each: each.rank)
    first, former = moved[0], chunks[0]
    first.blanks, former.blanks = former.blanks, first.blanks
    return moved


def _rank(schema: Mapping[str, Any], key: yaml.ScalarNode) -> int:
    """Merge keys first, then in schema order; unknown keys keep their order."""
    known = list(schema.get("properties", {}))
    if key.value == "<<" and not key.style:
        return -1
    return known.index(key.value) if key.value in known else len(known)


def _below(schema: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    if schema is declaration_schema() and key == "connectors":
        return {"additionalProperties": {"$ref": "#/$defs/connector"}}
    below = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
    return below if isinstance(below, dict) else {}


def _target(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, or the target of its `$ref` if it has no properties of its own."""
    while "properties" not in schema and "$ref" in schema:
        path = schema["$ref"].removeprefix("#/").split("/")
        schema = reduce(getitem, path, declaration_schema())
    return schema
