"""Converts a live connector to an entry that restores it, with known references. Pure.

A secret that no reference stands for is left out and named: it is never written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcsync.adopt.entry import Entry
from dcsync.adopt.variables import Variables
from dcsync.dataclass import dataclass, field
from dcsync.declare.canonical.writing import literal
from dcsync.model import Connector, FieldPath, Group, Kind, fields_of
from dcsync.model.path import CONFIG, STATUS

STAND_IN = "lost"
"""Replaces a part of a value that cannot be restored: such a field is never sent."""
SHORTEST = 6
"""Shorter values may be in a path by chance."""


@dataclass(frozen=True, slots=True)
class Restorable:
    """The entry, and the paths that it cannot restore."""

    entry: dict[str, Any]
    lost: tuple[FieldPath, ...]


@dataclass(slots=True)
class _Known(Variables):
    """Returns only references that already have the value."""

    references: Mapping[str, str] = field(default_factory=dict)
    lost: list[tuple[str, ...]] = field(default_factory=list)

    def reference(self, words: tuple[str, ...], value: str, place: str) -> str:  # noqa: ARG002
        if value not in self.references:
            self.lost.append(words)
        return self.references.get(value, STAND_IN)

    def plain(self, text: str) -> str:
        """Replaces secrets in a path by references."""
        for value in sorted(self.references, key=len, reverse=True):
            if len(value) >= SHORTEST and value in text:
                before, _, after = text.partition(value)
                return f"{self.plain(before)}{self.references[value]}{self.plain(after)}"
        return literal(text)


def restorable(live: Connector, key: str, references: Mapping[str, str]) -> Restorable:
    """The connector under this key; `references` by their values."""
    known = _Known(references=references)
    writer = Entry(key, (), known)
    entry = writer.of(live, pinned=True)
    entry.pop("ignore_changes", None)
    assert live.config is not None  # noqa: S101 - what is not known is never changed
    paths = [_path(type(live.config), words) for words in known.lost]
    for path in paths:
        _drop(entry["config"], path)
    lost = [CONFIG.below(*path) for path in paths]
    if live.status not in entry.get("status", ""):
        lost.append(STATUS)
    return Restorable(entry, tuple(dict.fromkeys([*lost, *writer.ignored])))


def _path(kind: type[Group], words: tuple[str, ...]) -> tuple[str, ...]:
    """The field, or entry of a map, that words about part of a value lead to."""
    head, *rest = words
    found = next(each for each in fields_of(kind) if each.name == head)
    if found.group is not None:
        return (head, *_path(found.group, tuple(rest)))
    return (head, rest[0]) if found.kind is Kind.MAP else (head,)


def _drop(config: dict[str, Any], path: tuple[str, ...]) -> None:
    """Take a secret out; what is not secret as a whole keeps its form, so that it can be read."""
    *above, last = path
    for each in above:
        config = config.get(each, {})
    if config.get(last) == STAND_IN:
        del config[last]
