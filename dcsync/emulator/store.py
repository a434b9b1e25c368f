"""The cloud's data: tables of values in order of creation.

Values are replaced, never changed in place, because a response may be written while the next call
acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

from dcsync.emulator.wire import Json

V = TypeVar("V")


class StateJournal(Protocol):
    """Persists changes of tables."""

    def write(self, table: str, parent: str, key: str, value: object | None) -> None:
        """Record a value, or None for a removed one."""

    def commit(self) -> None:
        """Make everything written since the last commit permanent, atomically."""

    def read(self, table: str) -> Iterator[tuple[str, str, Any]]:
        """All values of a table as (parent, key, value), in order of creation."""

    def close(self) -> None: ...


class NoJournal:
    """Persists nothing: the state is in memory only."""

    def write(self, table: str, parent: str, key: str, value: object | None) -> None:
        pass

    def commit(self) -> None:
        pass

    def read(self, table: str) -> Iterator[tuple[str, str, Any]]:  # noqa: ARG002 - a StateJournal
        return iter(())

    def close(self) -> None:
        pass


class Table(Generic[V]):
    """Values by parent and key: the devices of a project, the events of a device."""

    def __init__(self, name: str, journal: StateJournal) -> None:
        self._name = name
        self._journal = journal
        self._groups: dict[str, dict[str, V]] = {}
        for parent, key, value in journal.read(name):
            self._groups.setdefault(parent, {})[key] = value

    def of(self, parent: str = "") -> dict[str, V]:
        """The values of one parent by key; not to be modified."""
        return self._groups.get(parent, {})

    def get(self, key: str, parent: str = "") -> V | None:
        return self.of(parent).get(key)

    def put(self, key: str, value: V, parent: str = "") -> None:
        self._groups.setdefault(parent, {})[key] = value
        self._journal.write(self._name, parent, key, value)

    def remove(self, key: str, parent: str = "") -> bool:
        """Remove a value; whether it existed."""
        if self._groups.get(parent, {}).pop(key, None) is None:
            return False
        self._journal.write(self._name, parent, key, None)
        return True

    def drop(self, parent: str) -> None:
        """Remove all values of a parent."""
        for key in list(self.of(parent)):
            self.remove(key, parent)
        self._groups.pop(parent, None)

    def parent_of(self, key: str) -> str | None:
        return next((parent for parent, group in self._groups.items() if key in group), None)

    def items(self) -> Iterator[tuple[str, str, V]]:
        """All values, as (parent, key, value)."""
        for parent, group in self._groups.items():
            for key, value in group.items():
                yield parent, key, value

    def __bool__(self) -> bool:
        return any(self._groups.values())


class Store:
    """The tables of one cloud."""

    def __init__(self, journal: StateJournal | None = None) -> None:
        self._journal = journal or NoJournal()

        def table(name: str) -> Table[Json]:
            return Table(name, self._journal)

        self.organizations = table("organizations")
        self.projects = table("projects")
        self.connectors = table("connectors")
        """Parent: the project."""
        self.members = table("members")
        """Parent: the project."""
        self.devices = table("devices")
        """Parent: the project."""
        self.latest = table("latest")
        """The newest event by type. Parent: the device."""
        self.events = table("events")
        """Parent: the device."""
        self.deliveries = table("deliveries")
        """Pending deliveries. Parent: the connector."""
        self.outcomes = table("outcomes")
        """The results of deliveries, by connector."""
        self.accounts = table("accounts")
        self.tokens = table("tokens")
        self.settings = table("settings")

    def commit(self) -> None:
        self._journal.commit()

    def close(self) -> None:
        self._journal.close()
