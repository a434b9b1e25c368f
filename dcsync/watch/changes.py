"""What changed in the health of connectors since somebody was told, and how long they have. Pure.

The API says neither when a connector was disabled nor since when it fails; what can be known of
that follows from having looked before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dcsync.watch.standing import Health, Standing

WINDOW_S = 3 * 3600.0
"""What metrics are of (docs/api.md section 4.4)."""
DISABLED_AFTER_S = 5 * 24 * 3600.0
"""So long without one success the service lets a connector fail (the same section)."""
UNTOLD = ""
"""The health of a connector that nobody was told of yet."""
_NO_NEWS = frozenset({Health.OK, Health.QUIET})


@dataclass(frozen=True, slots=True)
class Record:
    """What is remembered of one connector; moments in seconds since 1970."""

    health: str = UNTOLD
    """As it was last told."""
    since_s: float = 0.0
    """When that was first seen."""
    measured_s: float | None = None
    """When its metrics were last read."""
    clear_s: float | None = None
    """Failing without a success cannot have begun before; None where that is not known."""
    failing_s: float | None = None
    """By then it failed without a success; None where it does not."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long until the service disables a connector that goes on failing."""

    at_least_s: float | None
    """None where it is not known how long it has failed."""
    at_most_s: float


@dataclass(frozen=True, slots=True)
class Change:
    """One connector whose health is not what was told last; `before` is "" for a new one."""

    standing: Standing
    before: str
    before_since_s: float | None
    time_left: TimeLeft | None


def changes_of(
    standings: Sequence[Standing], records: Mapping[str, Record], seen: Mapping[str, Record]
) -> list[Change]:
    """The worst first. Of one that nobody was told of, only what is wrong is news."""
    return [
        Change(
            standing,
            told.health,
            told.since_s if told.health else None,
            time_left(seen[standing.address]),
        )
        for standing in standings
        for told in [records.get(standing.address, Record())]
        if _is_news(told.health, standing.health)
    ]


def look_again(
    standings: Sequence[Standing], records: Mapping[str, Record], now_s: float
) -> dict[str, Record]:
    """What is remembered from now on once the changes are told; others stay as they are."""
    fresh = {
        each.address: _seen(each, records.get(each.address, Record()), now_s) for each in standings
    }
    return {**records, **fresh}


def untold(seen: Mapping[str, Record], records: Mapping[str, Record]) -> dict[str, Record]:
    """The same where nobody could be told: what was told last stays."""
    return {
        address: replace(each, health=told.health, since_s=told.since_s)
        for address, each in seen.items()
        for told in [records.get(address, Record())]
    }


def time_left(record: Record) -> TimeLeft | None:
    """From when its metrics were last read; None where it does not fail."""
    if record.failing_s is None or record.measured_s is None:
        return None

    limit_s = DISABLED_AFTER_S - record.measured_s
    at_least_s = None if record.clear_s is None else max(limit_s + record.clear_s, 0.0)
    return TimeLeft(at_least_s, max(limit_s + record.failing_s, 0.0))


def _is_news(before: str, health: Health) -> bool:
    return health not in _NO_NEWS if before == UNTOLD else health != before


def _seen(standing: Standing, before: Record, now_s: float) -> Record:
    since_s = before.since_s if before.health == standing.health else now_s
    told = replace(before, health=str(standing.health), since_s=since_s)
    metrics = standing.metrics
    if standing.status not in {"", "ACTIVE"} or (metrics is None and not standing.trouble):
        return replace(told, measured_s=now_s, clear_s=now_s, failing_s=None)  # nothing is tried
    if metrics is None:
        return told
    if metrics.success_count:
        return replace(told, measured_s=now_s, clear_s=now_s - WINDOW_S, failing_s=None)
    return replace(told, measured_s=now_s, failing_s=_failing_s(standing, before, now_s))


def _failing_s(standing: Standing, before: Record, now_s: float) -> float | None:
    """By when a connector without a success failed: what was not looked at may hold one."""
    is_unbroken = before.measured_s is not None and now_s - before.measured_s <= WINDOW_S
    if before.failing_s is not None and is_unbroken:
        return before.failing_s
    return now_s if standing.deliveries else None
