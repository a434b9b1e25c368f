"""One form for both sides, so that what means the same compares equal. Pure.

Event types and labels become sets, header names lose their case, and null, absent and empty
are all left out. Without this, plans never settle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dcsync.model import Connector, Leaf, comparable, config_leaves


@dataclass(frozen=True, slots=True)
class Field:
    """A field's path as its side writes it, and its value."""

    path: str
    value: Leaf | frozenset[str]


Fields = dict[str, Field]
"""Fields by comparable path: header names in lower case."""


def normalise(connector: Connector) -> Fields:
    """All that has a value, by comparable path; `type` and ids are left out.

    0 and false have one, though the API may leave them out: `is_same` knows that.
    """
    return {
        comparable(path): Field(path, value)
        for path, value in _values(connector)
        if value or value is False or value == 0
    }


def is_same(one: Field | None, other: Field | None) -> bool:
    """Whether two fields mean the same; what is absent is like 0, false and empty."""
    return ((one and one.value) or None) == ((other and other.value) or None)


def _values(connector: Connector) -> Iterable[tuple[str, Leaf | frozenset[str]]]:
    yield "display_name", connector.display_name
    yield "status", connector.status
    yield "event_types", frozenset(connector.event_types)
    yield "labels", frozenset(connector.labels)
    yield from config_leaves(connector.config, "config.")
