"""Finds drift, pending changes and unmanaged connectors in a project's three sides. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dcsync.drift.comparison import Comparison
from dcsync.drift.differing import changes
from dcsync.drift.found import Drift, DriftKind, Pending, ProjectDrift
from dcsync.drift.sides import Sides
from dcsync.model import Connector, Declared, Diagnostic, FieldPath, Prune, Severity
from dcsync.plan import Narrowing
from dcsync.plan.differ import SYSTEM_DISABLED
from dcsync.plan.narrowing import WHOLE
from dcsync.plan.operations import leave
from dcsync.plan.vetoes import veto


def find_drift(
    sides: Sides,
    live: Sequence[Connector],
    narrowing: Narrowing = WHOLE,
    *,
    counts_unmanaged: bool = False,
) -> ProjectDrift:
    """The drift and the pending changes of a project.

    `counts_unmanaged`: undeclared connectors are drift under every policy.
    """
    comparison = Comparison(sides, live)
    if comparison.problems:
        return ProjectDrift(problems=comparison.problems)
    undeclared = () if narrowing.by_address else comparison.undeclared
    reasons = [(each, "" if counts_unmanaged else _leniency(sides, each)) for each in undeclared]
    return ProjectDrift(
        drifts=(
            *(each for each in comparison.drifts if narrowing.takes(each.address)),
            *(_created(sides, each) for each, reason in reasons if not reason),
        ),
        pending=tuple(each for each in _pending(comparison) if narrowing.takes(each.address)),
        unmanaged=tuple(leave(each, sides.project, reason) for each, reason in reasons if reason),
        not_compared=tuple(e for e in comparison.not_compared if narrowing.takes(e.address)),
        as_applied=sum(map(narrowing.takes, comparison.as_applied)),
        warnings=tuple(_disabled(comparison, narrowing)),
    )


def _disabled(comparison: Comparison, narrowing: Narrowing) -> Iterator[Diagnostic]:
    """Warnings about connectors that the service disabled, if the status is not declared."""
    for each in comparison.live:
        applied = comparison.claimed.get(each.data_connector_id)
        if applied and each.status == SYSTEM_DISABLED and narrowing.takes(applied.address):
            message = f"{applied.address}: the service has disabled it (SYSTEM_DISABLED)"
            yield Diagnostic(Severity.WARNING, message, applied.position)


def _created(sides: Sides, live: Connector) -> Drift:
    address = f"{sides.project.key}/{live.display_name}"
    ids = (*sides.ids, live.data_connector_id)
    return Drift(DriftKind.CREATED, address, *ids, live.display_name, None)


def _leniency(sides: Sides, live: Connector) -> str:
    """Why an undeclared connector is not drift; "" if apply would delete it."""
    if sides.applied is None:
        return "nothing has been applied in its project yet"
    if sides.declared is None:
        return "its project is not declared any more"
    policy = sides.applied.policy
    if live.config is None:
        return f"dcsync does not know the type {live.type}"
    if policy.prune is not Prune.ALL:
        return f"prune is {policy.prune}"
    forbidden = veto("delete", policy, live)
    return forbidden.reason if forbidden else ""


def _pending(comparison: Comparison) -> Iterator[Pending]:
    """Declared changes that were not applied, without drift."""
    now = comparison.now
    settled = {each.address for each in comparison.drifts if each.kind is not DriftKind.CREATED}
    for address, declared in now.declared.items():
        live = now.live[address]
        if live is None:
            if address not in settled:
                yield _of("create", declared)
        elif paths := _pending_paths(comparison, declared, live):
            yield _of("update", declared, paths)
    for live_id, applied in comparison.claimed.items():
        if live_id not in now.by_id and not comparison.declared_for(applied):
            yield _of("remove", applied)
    yield from _unfinished(comparison)


def _pending_paths(
    comparison: Comparison, declared: Declared, live: Connector
) -> tuple[FieldPath, ...]:
    drifted = comparison.drifted.get(live.data_connector_id, set())
    found = changes(declared, live)
    return tuple(each.path for path, each in found.items() if path not in drifted)


def _unfinished(comparison: Comparison) -> Iterator[Pending]:
    """Old connectors left over from interrupted replaces."""
    leftovers = (comparison.now.leftovers | comparison.then.leftovers) - comparison.claimed.keys()
    for each in comparison.live:
        if each.data_connector_id in leftovers:
            address = f"{comparison.sides.project.key}/{each.display_name}"
            yield Pending("finish a replace", address, each.display_name, None)


def _of(action: str, declared: Declared, paths: tuple[FieldPath, ...] = ()) -> Pending:
    name = declared.connector.display_name
    return Pending(action, declared.address, name, declared.position, paths)
