"""Formats health changes as the JSON that is posted. Prints nothing.

Slack and Teams show its `text`; the rest is for programs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from dcsync.render.status.status_words import rate_text
from dcsync.render.words import Visible, counted, json_line, value
from dcsync.watch.changes import HealthChange, TimeLeft
from dcsync.watch.overview import Overview

FORMAT_VERSION = 1
MOST_LINES = 20
MOST_BYTES = 20_000
"""Of changes: Teams takes 28 KB in all."""


def notification(changes: Sequence[HealthChange], overview: Overview, now: datetime) -> Visible:
    """One object on one line of ASCII; `now` is the time of the status."""
    shown = list(_fitting([_object(each) for each in changes]))
    totals = Counter(str(each.health) for each in overview.connectors)
    content = {
        "text": text_of(changes),
        "format_version": FORMAT_VERSION,
        "time": _time(now),
        "changed": len(changes),
        "changes": shown,
        "left_out": len(changes) - len(shown),
        "totals": dict(totals),
    }
    return json_line(content)


def text_of(changes: Sequence[HealthChange]) -> str:
    """The changes for people, worst first; contains no mentions or links."""
    counts = Counter(str(each.standing.health) for each in changes)
    summary = ", ".join(f"{count} {health}" for health, count in counts.items())
    lines = [f"dcsync: {counted(len(changes), 'connector')} changed: {summary}"]
    lines += [f"• {_line(each)}" for each in changes[:MOST_LINES]]
    if len(changes) > MOST_LINES:
        lines.append(f"… and {len(changes) - MOST_LINES} more: see dcsync status")
    return "\n".join(map(_harmless, lines))


def time_left_text(left: TimeLeft) -> str:
    """In hours, as far as known."""
    most = f"{left.at_most_s / 3600:.0f}"
    if left.at_least_s is None:
        return f"how long it has failed is not known; the service disables it in at most {most} h"
    least = f"{left.at_least_s / 3600:.0f}"
    span = f"{least} to {most}" if least != most else least
    return f"if it keeps failing, the service disables it in {span} h"


def _line(change: HealthChange) -> str:
    standing = change.standing
    name = f" ({standing.project_name})" if standing.project_name else ""
    before = f", was {change.before}" if change.before else ""
    return "; ".join([f"{standing.health} {standing.address}{name}{before}", *_details(change)])


def _details(change: HealthChange) -> Iterator[str]:
    standing = change.standing
    if standing.trouble:
        yield standing.trouble
    if standing.status not in {"", "ACTIVE"}:
        yield standing.status
    if standing.changes:
        yield f"differs in {', '.join(standing.changes[:3])}"
    if standing.deliveries:
        deliveries = counted(standing.deliveries, "delivery")
        yield f"{rate_text(standing.success_rate)} of {deliveries} in 3 h"
    if change.time_left:
        yield time_left_text(change.time_left)


def _object(change: HealthChange) -> dict[str, object]:
    standing, metrics, left = change.standing, change.standing.metrics, change.time_left
    since = change.before_since_s
    return {
        "address": value(standing.address),
        "display_name": value(standing.display_name),
        "project_id": value(standing.project_id),
        "project_display_name": value(standing.project_name),
        "data_connector_id": value(standing.data_connector_id),
        "health": str(standing.health),
        "before": value(change.before) or None,
        "before_since": None if since is None else _time(datetime.fromtimestamp(since, UTC)),
        "status": value(standing.status),
        "success_count": metrics and metrics.success_count,
        "error_count": metrics and metrics.error_count,
        "trouble": value(standing.trouble),
        "hours_until_disabled": left
        and {"at_least": _hours(left.at_least_s), "at_most": _hours(left.at_most_s)},
    }


def _fitting(objects: Sequence[dict[str, object]]) -> Iterator[dict[str, object]]:
    room = MOST_BYTES
    for each in objects:
        room -= len(json_line(each))
        if room < 0:
            return
        yield each


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 1)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _harmless(line: str) -> str:
    """Slack and Teams make mentions and links of these."""
    shown = value(line).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return shown.replace("](", "] (")
