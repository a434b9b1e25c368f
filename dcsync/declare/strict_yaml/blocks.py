"""YAML data with the places it came from: mappings and sequences that know where each entry is.

Values only; what they mean is for others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Mark = int
"""A place in a text: line and column, both from 0, in one number.

A big fleet has a million of them, and numbers are nothing that the garbage collector must visit.
"""

COLUMN_BITS = 24

Place = tuple[Mark, Mark]
"""Where a mapping's entry is: its key and its value."""

Path = Sequence[str | int]


def mark_at(line: int, column: int) -> Mark:
    return line << COLUMN_BITS | column


def line_and_column(mark: Mark) -> tuple[int, int]:
    """As people count, from 1."""
    return (mark >> COLUMN_BITS) + 1, (mark & (1 << COLUMN_BITS) - 1) + 1


class Block(dict[str, Any]):
    """A mapping; `places` says where each entry is."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}

    def put(self, key: str, value: object, place: Place) -> None:
        self[key] = value
        self.places[key] = place

    def key_mark(self, key: str) -> Mark:
        return self.places[key][0]

    def value_mark(self, key: str) -> Mark:
        return self.places[key][1]


class Items(list[Any]):
    """A sequence; `places` says where each item is."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places: list[Mark] = []


def mark_of(node: object, path: Path, start: Mark, *, of_key: bool = False) -> Mark:
    """Where `path` below `node` is, as far as it exists; `of_key` asks for the last step's key."""
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
