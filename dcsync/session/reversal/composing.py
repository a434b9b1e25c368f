"""Composes the reverse plan of one project: its former state as declarations without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from dcsync.adopt.names import key_of, unique
from dcsync.adopt.restoring import restorable
from dcsync.dataclass import dataclass, field
from dcsync.declare.canonical.writing import literal
from dcsync.errors import DeclarationError
from dcsync.model import Connector, FieldPath, Policy, comparable, paths_with
from dcsync.model.path import TYPE
from dcsync.plan import Blocked, Change, Create, Delete, Operation, Replace, Shown, Update
from dcsync.plan.reverse import why_lost
from dcsync.render.plans.reverse_file import load_former
from dcsync.session.reversal.inverting import operations_back

SOURCE = "the reverse plan"


@dataclass(slots=True)
class Composed:
    """One project's part: the file's content, the operations, and what cannot be restored."""

    content: dict[str, Any]
    operations: list[Operation]
    lost: list[tuple[str, str]]


@dataclass(slots=True)
class Composer:
    """Reverses one project's operations."""

    project_id: str
    project_key: str
    policy: Policy
    live: Sequence[Connector]
    references: Mapping[str, str]
    environ: Mapping[str, str]
    connectors: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    restored: dict[str, Any] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)
    """Connectors, by address, and what of each cannot be restored."""
    reverted: dict[str, tuple[Change, ...]] = field(default_factory=dict)

    def compose(self, operations: Sequence[Operation]) -> Composed:
        """The whole project, in the order in which it is restored."""
        taken = {each.address.rpartition("/")[2] for each in operations if each.address}
        for each in operations:
            key = each.address.rpartition("/")[2]
            if not key:
                key = unique(key_of(each.display_name, "connector"), taken)
                taken.add(key)
            self._reverse(each, key)
        if self._why_not(self.connectors):
            self._drop_what_cannot_be_declared()
        content = self._content()
        project, former = load_former(content, SOURCE, self.environ)
        return Composed(content, operations_back(former, self.reverted, project), self.lost)

    def _reverse(self, operation: Operation, key: str) -> None:
        match operation:
            case Create():
                self._make(operation, key)
            case Update():
                self._restore(operation, key, tuple(each.path for each in operation.changes))
            case Replace():
                self._restore(operation, key, None)
                self._make(operation, key)
            case Delete():
                self._restore(operation, key, None)
            case Blocked():
                pass
            case _:
                assert_never(operation)

    def _make(self, operation: Create | Replace, key: str) -> None:
        """A connector to be deleted: found by its name and type, the rest is only compared."""
        shown = _after(operation.changes)
        name, kind = operation.display_name, shown.get(TYPE, "")
        self.made[key] = {"display_name": name, "type": kind, "after": _with_dots(shown)}

    def _restore(self, operation: Operation, key: str, paths: tuple[FieldPath, ...] | None) -> None:
        [live] = [
            each for each in self.live if each.data_connector_id == operation.data_connector_id
        ]
        found = restorable(live, key, self.references)
        lost = [each for each in found.lost if paths is None or _has(paths, each)]
        if live.config and paths is not None:
            for each in paths_with(type(live.config), "kept_when_omitted"):
                if each in paths:
                    _set_default(found.entry, each)
        what = f"{self.project_key}/{key}"
        if paths is None and _is_needed(live, lost):
            self.lost.append((what, "all of it, because no reference has a part of its endpoint"))
            return
        self.lost += [(what, why_lost(each)) for each in lost]
        self.connectors[key] = found.entry
        self.reverted[what] = operation.changes
        self.restored[key] = {
            "paths": None
            if paths is None
            else [str(each) for each in paths if not _has(lost, each)],
            "after": {} if paths is None else _with_dots(_after(operation.changes)),
            "lost": list(map(str, lost)),
        }

    def _drop_what_cannot_be_declared(self) -> None:
        """Name the live connectors that no declaration can describe; the others are restored."""
        for key, entry in list(self.connectors.items()):
            if why := self._why_not({key: entry}):
                del self.connectors[key], self.restored[key]
                self.lost.append((f"{self.project_key}/{key}", f"all of it: {why}"))

    def _why_not(self, connectors: Mapping[str, Any]) -> str:
        """Why these cannot be declared, or "". Contains no value."""
        content = {**self._content(), "connectors": connectors, "restored": {}, "made": {}}
        try:
            load_former(content, SOURCE, self.environ)
        except DeclarationError as error:
            return "; ".join(dict.fromkeys(each.message for each in error.diagnostics))
        return ""

    def _content(self) -> dict[str, Any]:
        policy = self.policy
        return {
            "project_id": self.project_id,
            "project_key": self.project_key,
            "known": sorted(each.data_connector_id for each in self.live),
            "policy": {
                "prune": "none",
                "protect": list(map(literal, policy.protect)),
                "freeze": [literal(each.written) for each in policy.freeze],
                "quota": max(policy.quota, len(self.live) + len(self.made)),
            },
            "connectors": self.connectors,
            "restored": self.restored,
            "made": self.made,
        }


def _after(changes: Iterable[Change]) -> dict[FieldPath, Shown]:
    """The values that a run sets, without secrets."""
    return {each.path: each.after for each in changes if not each.sensitive}


def _with_dots(values: Mapping[FieldPath, Shown]) -> dict[str, Shown]:
    return {str(path): value for path, value in values.items()}


def _set_default(entry: dict[str, Any], path: FieldPath) -> None:
    """Set the field to an empty string if the entry omits it."""
    *above, last = path
    for each in above:
        entry = entry.setdefault(each, {})
    entry.setdefault(last, "")


def _has(paths: Iterable[FieldPath], path: FieldPath) -> bool:
    return comparable(path) in map(comparable, paths)


def _is_needed(live: Connector, lost: Iterable[FieldPath]) -> bool:
    """Whether one of these fields is required."""
    required = paths_with(type(live.config), "required") if live.config else ()
    return not set(required).isdisjoint(lost)
