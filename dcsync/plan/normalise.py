"""Normalizes both sides, so that equivalent values compare equal. Pure.

Event types and labels become sets, header names lower case, and null, absent and empty values are
omitted. Without this, plans would never become empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.dataclass import dataclass
from dcsync.model import Connector, FieldPath, Leaf, comparable, config_leaves
from dcsync.model.path import DISPLAY_NAME, EVENT_TYPES, LABELS, STATUS


@dataclass(frozen=True, slots=True)
class Field:
    """A field's path as written on its side, and its value."""

    path: FieldPath
    value: Leaf | frozenset[str]


FieldsByPath = dict[FieldPath, Field]
"""Fields by comparable path: header names in lower case."""


def normalise(connector: Connector) -> FieldsByPath:
    """All fields with a value, by comparable path; without `type` and ids.

    0 and false count as values, though the API may omit them: `is_same` handles that.
    """
    return {
        comparable(path): Field(path, value)
        for path, value in _values(connector)
        if value or value is False or value == 0
    }


def is_same(one: Field | None, other: Field | None) -> bool:
    """Whether two fields are equivalent; absent equals 0, false and empty."""
    return ((one and one.value) or None) == ((other and other.value) or None)


def _values(connector: Connector) -> Iterable[tuple[FieldPath, Leaf | frozenset[str]]]:
    yield DISPLAY_NAME, connector.display_name
    yield STATUS, connector.status
    yield EVENT_TYPES, frozenset(connector.event_types)
    yield LABELS, frozenset(connector.labels)
    yield from config_leaves(connector.config)
