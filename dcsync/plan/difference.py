"""Compares two plans: operation by operation, and field by field. Pure.

Compares what the digest covers, and the guards. deepdiff finds the differences; its types stay in
here. A plan holds no secrets, so deepdiff gets none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from dcsync.dataclass import asdict, dataclass, fields
from dcsync.plan.digest import DESCRIPTIVE
from dcsync.plan.operations import Change, Guard, Operation, Plan, Shown

_T = TypeVar("_T")
_Numbered = tuple[Hashable, int]
"""What identifies an item, and its number among items with the same identity."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field of an operation, or of the narrowing; None on a side without one."""

    name: str
    before: Shown
    after: Shown


@dataclass(frozen=True, slots=True)
class ChangeDifference:
    """What the two plans do to one field of a connector; None on a side that does not change it."""

    path: str
    before: Change | None
    after: Change | None


@dataclass(frozen=True, slots=True)
class OperationDifference:
    """A connector that both plans change in different ways."""

    before: Operation
    after: Operation
    fields: tuple[FieldDifference, ...]
    changes: tuple[ChangeDifference, ...]


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """From one plan to another, by their digests. `reordered`: common operations are in another
    order."""

    before: str
    after: str
    narrowing: tuple[FieldDifference, ...] = ()
    vanished: tuple[Operation, ...] = ()
    appeared: tuple[Operation, ...] = ()
    changed: tuple[OperationDifference, ...] = ()
    reordered: bool = False
    guards_vanished: tuple[Guard, ...] = ()
    guards_appeared: tuple[Guard, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether both plans do the same and have the same guards."""
        return self == PlanDifference(self.before, self.after)


def difference(before: Plan, after: Plan) -> PlanDifference:
    """The differences between `before` and `after`."""
    old, new = (_numbered(each.operations, _subject) for each in (before, after))
    common = [key for key in new if key in old]
    return PlanDifference(
        before.digest,
        after.digest,
        narrowing=_differing_fields(asdict(before.narrowing), asdict(after.narrowing)),
        vanished=tuple(each for key, each in old.items() if key not in new),
        appeared=tuple(each for key, each in new.items() if key not in old),
        changed=tuple(_changed([(old[key], new[key]) for key in common])),
        reordered=_are_reordered(old, new),
        guards_vanished=_without(before.guards, after.guards),
        guards_appeared=_without(after.guards, before.guards),
    )


def _subject(operation: Operation) -> Hashable:
    """The connector: identified by its address, because ids change."""
    if operation.address:
        return operation.project_id, operation.address
    return operation.project_id, "", operation.data_connector_id


def _changed(pairs: Iterable[tuple[Operation, Operation]]) -> Iterator[OperationDifference]:
    for before, after in pairs:
        own = _differing_fields(_fields(before), _fields(after))
        old, new = _changes(before), _changes(after)
        changes = tuple(
            ChangeDifference(str(key[0]), old.get(key), new.get(key)) for key in _places(old, new)
        )
        if own or changes:
            yield OperationDifference(before, after, own, changes)


def _fields(operation: Operation) -> dict[str, Shown]:
    """What the digest covers besides the changes."""
    names = [each.name for each in fields(operation) if each.name not in (*DESCRIPTIVE, "changes")]
    return {"action": operation.action, **{name: getattr(operation, name) for name in names}}


def _changes(operation: Operation) -> dict[_Numbered, Change]:
    return _numbered(operation.changes, lambda change: str(change.path))


def _are_reordered(old: Mapping[_Numbered, Operation], new: Mapping[_Numbered, Operation]) -> bool:
    """Whether common operations and changes are in another order."""
    before, after = (
        [(key, path) for key, each in side.items() for path in (None, *_changes(each))]
        for side in (old, new)
    )
    common = {*before} & {*after}
    return [each for each in before if each in common] != [each for each in after if each in common]


def _differing_fields(
    before: Mapping[str, Shown], after: Mapping[str, Shown]
) -> tuple[FieldDifference, ...]:
    names = _places(before, after)
    return tuple(FieldDifference(name, before.get(name), after.get(name)) for name in names)


def _places(before: Mapping[_T, object], after: Mapping[_T, object]) -> tuple[_T, ...]:
    """The keys whose values differ, in the order of `after`."""
    # Values as Python writes them: 1 is not True, and deepdiff need not look for the place within.
    old, new = ({key: repr(each) for key, each in side.items()} for side in (before, after))
    if old == new:
        return ()
    from deepdiff import DeepDiff  # takes longer to import than a small plan takes to make

    found = DeepDiff(
        old, new, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False
    )
    differing = {
        level.path(output_format="list")[0] for levels in found.values() for level in levels
    }
    return tuple(key for key in {**new, **old} if key in differing)


def _numbered(items: Iterable[_T], name: Callable[[_T], Hashable]) -> dict[_Numbered, _T]:
    """Each item by its identity and number."""
    counts: dict[Hashable, int] = {}
    numbered = {}
    for each in items:
        counts[name(each)] = number = counts.get(name(each), 0) + 1
        numbered[name(each), number] = each
    return numbered


def _without(guards: Sequence[Guard], others: Sequence[Guard]) -> tuple[Guard, ...]:
    return tuple(each for each in guards if each not in others)
