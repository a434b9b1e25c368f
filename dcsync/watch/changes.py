"""Health changes since the last notification, and the time left before the service disables a
connector. Pure.

The API does not say when a connector was disabled or since when it fails; it is inferred from
earlier looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dcsync.dataclass import dataclass, replace
from dcsync.watch.standing import Health, Standing

WINDOW_S = 3 * 3600.0
"""The window of metrics (docs/api.md section 4.4)."""
DISABLED_AFTER_S = 5 * 24 * 3600.0
"""So long without one success the service lets a connector fail (the same section)."""
UNREPORTED = ""
"""The health of a connector that was never reported."""
_NO_NEWS = frozenset({Health.OK, Health.QUIET})


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored about a connector; times are Unix seconds."""

    health: str = UNREPORTED
    """The health last reported."""
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
    """How long until the service disables a connector that keeps failing."""

    at_least_s: float | None
    """None where it is not known how long it has failed."""
    at_most_s: float


@dataclass(frozen=True, slots=True)
class HealthChange:
    """A connector whose health has changed since the last notification; `before` is "" for a new
    one."""

    standing: Standing
    before: str
    before_since_s: float | None
    time_left: TimeLeft | None


def changes_of(
    standings: Sequence[Standing], records: Mapping[str, Record], seen: Mapping[str, Record]
) -> list[HealthChange]:
    """Worst first. A new connector is reported only if something is wrong with it."""
    return [
        HealthChange(
            standing,
            last.health,
            last.since_s if last.health else None,
            time_left(seen[standing.address]),
        )
        for standing in standings
        for last in [records.get(standing.address, Record())]
        if _is_news(last.health, standing.health)
    ]


def look_again(
    standings: Sequence[Standing], records: Mapping[str, Record], now_s: float
) -> dict[str, Record]:
    """The new records if the changes are reported; connectors not looked at keep theirs."""
    fresh = {
        each.address: _seen(each, records.get(each.address, Record()), now_s) for each in standings
    }
    return {**records, **fresh}


def unreported(seen: Mapping[str, Record], records: Mapping[str, Record]) -> dict[str, Record]:
    """The new records if the changes could not be reported: they stay unreported."""
    return {
        address: replace(each, health=last.health, since_s=last.since_s)
        for address, each in seen.items()
        for last in [records.get(address, Record())]
    }


def time_left(record: Record) -> TimeLeft | None:
    """Counted from the last metrics; None if the connector does not fail."""
    if record.failing_s is None or record.measured_s is None:
        return None

    limit_s = DISABLED_AFTER_S - record.measured_s
    at_least_s = None if record.clear_s is None else max(limit_s + record.clear_s, 0.0)
    return TimeLeft(at_least_s, max(limit_s + record.failing_s, 0.0))


def _is_news(before: str, health: Health) -> bool:
    return health not in _NO_NEWS if before == UNREPORTED else health != before


def _seen(standing: Standing, before: Record, now_s: float) -> Record:
    since_s = before.since_s if before.health == standing.health else now_s
    record = replace(before, health=str(standing.health), since_s=since_s)
    metrics = standing.metrics
    if standing.status not in {"", "ACTIVE"} or (metrics is None and not standing.trouble):
        return replace(record, measured_s=now_s, clear_s=now_s, failing_s=None)  # nothing is tried
    if metrics is None:
        return record
    if metrics.success_count:
        return replace(record, measured_s=now_s, clear_s=now_s - WINDOW_S, failing_s=None)
    return replace(record, measured_s=now_s, failing_s=_failing_s(standing, before, now_s))


def _failing_s(standing: Standing, before: Record, now_s: float) -> float | None:
    """Since when a connector has failed without a success: unseen periods may hold one."""
    is_unbroken = before.measured_s is not None and now_s - before.measured_s <= WINDOW_S
    if before.failing_s is not None and is_unbroken:
        return before.failing_s
    return now_s if standing.deliveries else None
