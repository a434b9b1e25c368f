"""YAML data with positions: mappings and sequences that know where each entry is.

Values only, without interpretation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Mark = int
"""A position in a file: line and column, both from 0, in one number.

A large fleet has a million of them, and the garbage collector does not track numbers.
"""

COLUMN_BITS = 24

EntryMarks = tuple[Mark, Mark]
"""The positions of a mapping's entry: of its key and its value."""

KeyPath = Sequence[str | int]


def mark_at(line: int, column: int) -> Mark:
    return line << COLUMN_BITS | column


def line_and_column(mark: Mark) -> tuple[int, int]:
    """Line and column counted from 1."""
    return (mark >> COLUMN_BITS) + 1, (mark & (1 << COLUMN_BITS) - 1) + 1


class Block(dict[str, Any]):
    """A mapping; `places` has the position of each entry."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: dict[str, EntryMarks] = {}

    def put(self, key: str, value: object, place: EntryMarks) -> None:
        self[key] = value
        self.places[key] = place

    def key_mark(self, key: str) -> Mark:
        return self.places[key][0]

    def value_mark(self, key: str) -> Mark:
        return self.places[key][1]


class Items(list[Any]):
    """A sequence; `places` has the position of each item."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: list[Mark] = []


def mark_of(node: object, path: KeyPath, start: Mark, *, of_key: bool = False) -> Mark:
    """The position of `path` below `node`, as far as it exists; with `of_key` of the last key."""
    mark = start
    for depth, step in enumerate(path):
        if isinstance(node, Block) and isinstance(step, str) and step in node:
            key, value = node.places[step]
            mark = key if of_key and depth == len(path) - 1 else value
            node = node[step]
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node):
            mark, node = node.places[step], node[step]
        else:
            break
    return mark
