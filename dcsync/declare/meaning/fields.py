"""Reads one connector's fields: absent, null and invalid values are None.

The schema has checked what a field may hold; here references are resolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from dcsync.dataclass import dataclass
from dcsync.declare.declaration import BROKEN
from dcsync.declare.problems import Problems
from dcsync.declare.references.resolving import ReferenceScope, Resolver
from dcsync.declare.strict_yaml.blocks import Block, Items, Mark
from dcsync.model import Position, Secret, SecretOrStr

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fields:
    """A block and what resolves its strings; `start` is the position of missing fields."""

    block: Block
    start: Mark
    scope: ReferenceScope
    resolver: Resolver
    problems: Problems

    def value(self, key: str) -> Any:
        value = self.block.get(key)
        return None if value is BROKEN else value

    def is_broken(self, key: str) -> bool:
        return self.block.get(key) is BROKEN

    def below(self, key: str) -> Fields | None:
        """The fields of a mapping, None if there is none."""
        value = self.value(key)
        if not isinstance(value, Block):
            return None
        return Fields(value, self.block.key_mark(key), self.scope, self.resolver, self.problems)

    def at(self, key: str) -> Position:
        """The position of `key`'s value; if it is missing, of the block."""
        mark = self.block.value_mark(key) if key in self.block else self.start
        return self.scope.at(mark)

    def key_at(self, key: str) -> Position:
        return self.scope.at(self.block.key_mark(key))

    def string(self, key: str) -> SecretOrStr | None:
        return self._resolved(key, self.resolver.field)

    def secret(self, key: str) -> tuple[Secret | None, bool]:
        """The secret, and whether the file holds it in plain text."""
        return self._resolved(key, self.resolver.secret) or (None, False)

    def name(self, key: str) -> str | None:
        return self._resolved(key, self.resolver.name)

    def identifier(self, key: str) -> str | None:
        return self._resolved(key, self.resolver.identifier)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of strings that are shown, without duplicates."""
        return tuple(dict.fromkeys(name for name, _ in self.placed_names(key)))

    def placed_names(self, key: str) -> Iterator[tuple[str, Position]]:
        """The strings of a list, which are shown, each with its position."""
        items = self.value(key)
        if not isinstance(items, Items):
            return
        for text, mark in zip(items, items.places, strict=True):
            name = None if text is BROKEN else self.resolver.name(text, self.scope, mark)
            if name is not None:
                yield name, self.scope.at(mark)

    def _resolved(self, key: str, resolve: Callable[[str, ReferenceScope, Mark], T]) -> T | None:
        value = self.value(key)
        if value is None:
            return None
        return resolve(value, self.scope, self.block.value_mark(key))
