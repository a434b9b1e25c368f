"""Fields of a live connector that are neither as applied nor as declared. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcsync.drift.found import FieldDrift, NotCompared
from dcsync.drift.sides import Sides
from dcsync.model import (
    Connector,
    Declared,
    FieldPath,
    Secret,
    comparable,
    config_leaves,
    is_known,
    leaves_with,
)
from dcsync.model.path import DISPLAY_NAME, TYPE
from dcsync.plan import Change, compare
from dcsync.plan.differ import unknown_fields
from dcsync.plan.retirement import name_before

_MASKS = frozenset("*•·…")
SHORTEST_MASK = 3


def changes(declared: Declared, live: Connector) -> dict[FieldPath, Change]:
    """The differences from a declaration by path, including the type."""
    found = {comparable(each.path): each for each in compare(declared, live)}
    if declared.connector.type == live.type:
        return found
    return {TYPE: Change(TYPE, live.type, declared.connector.type), **found}


def differences(
    sides: Sides, applied: Declared, live: Connector, declared: Declared | None
) -> Iterator[FieldDrift | NotCompared]:
    """The fields that are neither as applied nor as declared, and those that cannot be compared."""
    then = changes(applied, live)
    now = changes(declared, live) if declared else None
    if name_before(live.display_name) in _names(applied, declared):
        then.pop(DISPLAY_NAME, None)  # a replace that was stopped: the next apply continues
    for path, text in unknown_fields(applied):
        if _is_same_today(sides, applied, declared, path, text):
            then |= {key: each for key, each in (now or {}).items() if key == comparable(path)}
        else:
            reason = f"the value of {text} when it was applied is not known any more"
            yield NotCompared(applied.address, path, reason)
    for path, change in then.items():
        if now is not None and path not in now:
            continue  # as declared already
        if _is_masked(live, path):
            yield NotCompared(applied.address, change.path, "the listing masks it")
        else:
            yield _field_drift(change, now.get(path) if now else None)


def has_endpoint_of(live: Connector, applied: Declared) -> bool:
    """Whether events go to the same place."""
    wanted = applied.connector
    here, there = (dict(leaves_with(each.config, "endpoint")) for each in (live, wanted))
    return live.type == wanted.type and bool(here) and here == there


def _names(*sides: Declared | None) -> set[str]:
    found = [each for each in sides if each]
    return {name for e in found for name in (e.connector.display_name, *e.renamed_from)}


def _is_same_today(
    sides: Sides, applied: Declared, declared: Declared | None, path: FieldPath, text: object
) -> bool:
    """Whether an unknown applied value, a secret in a file, is the current one."""
    leaves = config_leaves(declared.connector.config) if declared else ()
    today = {comparable(at): leaf for at, leaf in leaves}.get(comparable(path))
    if not isinstance(today, Secret) or not is_known(today):
        return False
    return str(today) == str(text) and (applied.address, path) not in sides.stale


def _field_drift(change: Change, now: Change | None) -> FieldDrift:
    otherwise = now is not None and now.after != change.after
    return FieldDrift(
        change.path,
        change.after,
        change.before,
        now.after if now and otherwise else None,
        otherwise,
        change.sensitive or bool(now and now.sensitive),
    )


def _is_masked(live: Connector, path: FieldPath) -> bool:
    """Whether the listing masks the secret."""
    leaves: Mapping[FieldPath, object] = {
        comparable(at): leaf for at, leaf in config_leaves(live.config)
    }
    leaf = leaves.get(path)
    value = leaf.reveal() if isinstance(leaf, Secret) and leaf.known else ""
    return len(value) >= SHORTEST_MASK and set(value) <= _MASKS
