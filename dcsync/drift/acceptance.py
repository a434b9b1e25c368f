"""Separates drift that is accepted until a day from other drift. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from dcsync.dataclass import dataclass, replace
from dcsync.drift.found import Drift
from dcsync.model import comparable, field_path
from dcsync.model.acceptance import Acceptance


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepted drift, and the entry that accepts it."""

    drift: Drift
    by: Acceptance


@dataclass(frozen=True, slots=True)
class Judged:
    """Drift, accepted drift, expired entries, and entries that match nothing."""

    drifts: tuple[Drift, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    expired: tuple[Acceptance, ...] = ()
    unused: tuple[Acceptance, ...] = ()


def judge(drifts: Sequence[Drift], acceptances: Sequence[Acceptance], today: str) -> Judged:
    """Each field is accepted or not; a connector may be partly accepted. `today` as 2026-12-31."""
    valid = [each for each in acceptances if each.expires >= today]
    counted: list[Drift] = []
    accepted: list[Accepted] = []
    for drift in drifts:
        by_path = {path: _first(valid, drift, path) for path in drift.paths}
        if left := _part(drift, [path for path, each in by_path.items() if each is None]):
            counted.append(left)
        for entry in dict.fromkeys(filter(None, by_path.values())):
            part = _part(drift, [path for path, each in by_path.items() if each is entry])
            accepted += [Accepted(part, entry)] if part else []
    used = {each.by for each in accepted}
    met = {each for each in acceptances if _meets(each, drifts)}
    return Judged(
        tuple(counted),
        tuple(accepted),
        expired=tuple(each for each in acceptances if each in met and each.expires < today),
        unused=tuple(each for each in acceptances if each not in met and each not in used),
    )


def _first(entries: Iterable[Acceptance], drift: Drift, path: str) -> Acceptance | None:
    return next((each for each in entries if _covers(each, drift, path)), None)


def _meets(entry: Acceptance, drifts: Sequence[Drift]) -> bool:
    return any(_covers(entry, drift, path) for drift in drifts for path in drift.paths)


def _part(drift: Drift, paths: Sequence[str]) -> Drift | None:
    """The drift with these fields only; None if there are none."""
    if not paths or not drift.fields:
        return drift if paths else None
    return replace(drift, fields=tuple(each for each in drift.fields if str(each.path) in paths))


def _covers(entry: Acceptance, drift: Drift, path: str) -> bool:
    """Whether it covers this field of this connector."""
    return fnmatchcase(drift.address, entry.address) and fnmatchcase(
        _comparable(path), _comparable(entry.field)
    )


def _comparable(written: str) -> str:
    return str(comparable(field_path(written)))
