"""One form for both sides, so that what means the same compares equal. Pure.

Event types and labels become sets, header names lose their case, and null, absent and empty
are all left out. Without this, plans never settle.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dcsync.model import Connector, Text, config_leaves

HEADERS = "config.headers."


@dataclass(frozen=True, slots=True)
class Field:
    """A field's path as its side writes it, and its value."""

    path: str
    value: Text | frozenset[str]


Fields = dict[str, Field]
"""Fields by comparable path: header names in lower case."""


def normalise(connector: Connector) -> Fields:
    """All that has a value, by comparable path; `type` and ids are left out."""
    return {comparable(path): Field(path, value) for path, value in _values(connector) if value}


def comparable(path: str) -> str:
    """The path in the form in which two sides agree on it."""
    return path.lower() if path.startswith(HEADERS) else path


def _values(connector: Connector) -> Iterable[tuple[str, Text | frozenset[str]]]:
    yield "display_name", connector.display_name
    yield "status", connector.status
    yield "event_types", frozenset(connector.event_types)
    yield "labels", frozenset(connector.labels)
    yield from config_leaves(connector.config, "config.")
