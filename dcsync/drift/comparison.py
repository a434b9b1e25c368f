"""Compares each applied connector with the live and the current declared one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dcsync.dataclass import dataclass, field
from dcsync.drift.differing import differences, has_endpoint_of
from dcsync.drift.found import Drift, DriftKind, FieldDrift, NotCompared
from dcsync.drift.sides import Matched, Sides
from dcsync.model import Connector, Declared, Diagnostic, FieldPath, comparable


@dataclass(slots=True)
class Comparison:
    """One project's three sides; nothing is compared if there are problems."""

    sides: Sides
    live: Sequence[Connector]
    drifts: list[Drift] = field(default_factory=list)
    not_compared: list[NotCompared] = field(default_factory=list)
    as_applied: list[str] = field(default_factory=list)
    """The addresses without drift."""
    problems: tuple[Diagnostic, ...] = ()
    claimed: dict[str, Declared] = field(default_factory=dict)
    """The applied connectors, by the id of their live connector."""
    drifted: dict[str, set[FieldPath]] = field(default_factory=dict)
    """The paths that have drifted, by the id of the live connector."""
    then: Matched = field(init=False)
    now: Matched = field(init=False)

    def __post_init__(self) -> None:
        self.then = Matched.of(self.sides.applied, self.live)
        self.now = Matched.of(self.sides.declared, self.live)
        self.problems = tuple(dict.fromkeys((*self.then.problems, *self.now.problems)))
        if not self.problems:
            self._compare()

    @property
    def undeclared(self) -> tuple[Connector, ...]:
        """Live connectors that neither revision declares, without leftovers of replaces."""
        known = {*self.claimed, *self.now.by_id, *self.then.leftovers, *self.now.leftovers}
        return tuple(each for each in self.live if each.data_connector_id not in known)

    def declared_for(self, applied: Declared) -> Declared | None:
        """The current declaration in its place; None if there is none."""
        name = applied.connector.display_name
        by_name = (e for e in self.now.declared.values() if e.connector.display_name == name)
        return self.now.declared.get(applied.address) or next(by_name, None)

    def _compare(self) -> None:
        missing = []
        for applied in self.then.declared.values():
            live = self._counterpart(applied.address)
            if live is None:
                missing.append(applied)
            else:
                self._compare_pair(applied, live)
        for applied, live in self._renamed(missing):
            missing = [each for each in missing if each is not applied]
            self._compare_pair(applied, live)
        if not (self.sides.is_found and not self.claimed):
            self.drifts += [self._deleted(each) for each in missing if self.declared_for(each)]

    def _counterpart(self, address: str) -> Connector | None:
        """The live connector of the applied one; else that of the current declaration."""
        live = self.then.live[address] or self.now.live.get(address)
        if live is None or live.data_connector_id in self.claimed:
            return None
        owner = self.then.by_id.get(live.data_connector_id)
        return live if owner is None or owner.address == address else None

    def _renamed(self, missing: Iterable[Declared]) -> list[tuple[Declared, Connector]]:
        """Missing ones whose endpoint exactly one undeclared connector has."""
        wanted = [each for each in missing if self.declared_for(each)]
        pairs = [
            (applied, live)
            for live in self.undeclared
            for applied in wanted
            if has_endpoint_of(live, applied)
        ]
        return [
            (applied, live)
            for applied, live in pairs
            if sum(applied is each for each, _ in pairs) == 1
            and sum(live is each for _, each in pairs) == 1
        ]

    def _compare_pair(self, applied: Declared, live: Connector) -> None:
        live_id = live.data_connector_id
        self.claimed[live_id] = applied
        declared = self.now.by_id.get(live_id) or self.declared_for(applied)
        found = []
        for each in differences(self.sides, applied, live, declared):
            if isinstance(each, FieldDrift):
                found.append(each)
            else:
                self.not_compared.append(each)
        self.drifted[live_id] = {comparable(each.path) for each in found}
        if found:
            self.drifts.append(self._drift(DriftKind.CHANGED, applied, live_id, tuple(found)))
        else:
            self.as_applied.append(applied.address)

    def _deleted(self, applied: Declared) -> Drift:
        return self._drift(DriftKind.DELETED, applied, applied.connector.data_connector_id, ())

    def _drift(
        self, kind: DriftKind, applied: Declared, live_id: str, fields: tuple[FieldDrift, ...]
    ) -> Drift:
        declared = self.declared_for(applied) or applied
        return Drift(
            kind,
            declared.address,
            *self.sides.ids,
            live_id,
            applied.connector.display_name,
            declared.position,
            fields,
        )
