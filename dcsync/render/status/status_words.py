"""Values shared by all formats of a status: rates, times, drift, totals."""

from __future__ import annotations

from collections.abc import Sequence

from dcsync.render.words import counted
from dcsync.watch.standing import DriftState, Health, Standing

BAR_WIDTH = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(rate: float | None) -> str:
    """A rate from 0 to 1 as a bar of eight characters."""
    if rate is None:
        return "·" * BAR_WIDTH
    eighths = round(min(max(rate, 0.0), 1.0) * BAR_WIDTH * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(BAR_WIDTH, "░")


def rate_text(rate: float | None) -> str:
    """Never 100 % where anything failed, never 0 % where anything arrived."""
    if rate is None:
        return "no deliveries"
    if 0 < rate < 1:
        return f"{min(max(rate * 100, 0.1), 99.9):.1f} %"
    return f"{rate * 100:.0f} %"


def latency_text(standing: Standing) -> str:
    return "" if standing.latency_s is None else f"{standing.latency_s * 1000:.0f} ms"


def drift_text(standing: Standing) -> str:
    """The differing fields, as far as they fit on a line."""
    if standing.drift is not DriftState.DRIFTED:
        return str(standing.drift)
    paths = ", ".join(standing.changes[:3])
    more = f", {len(standing.changes) - 3} more" if len(standing.changes) > 3 else ""
    return f"{standing.drift}: {paths}{more}" if paths else str(standing.drift)


def summary(standings: Sequence[Standing]) -> str:
    """The totals, and the number of connectors that could not be read."""
    active = sum(each.status == "ACTIVE" for each in standings)
    in_sync = sum(each.drift is DriftState.IN_SYNC for each in standings)
    deliveries = sum(each.deliveries for each in standings)
    errors = sum(each.metrics.error_count for each in standings if each.metrics)
    unseen = sum(each.health is Health.UNKNOWN for each in standings)
    return (
        f"Status: {len(standings)} declared, {active} active, {in_sync} in sync;"
        f" {counted(deliveries, 'delivery')} in 3 h, {errors} failed"
        f"{f'; {unseen} not seen' if unseen else ''}."
    )
