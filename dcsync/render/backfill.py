"""Formats a backfill: its preview and its report. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dcsync.backfill import BackfillOutcome, Estimate, Span
from dcsync.deliver import Report
from dcsync.render.forwarding import post_text
from dcsync.render.watching import duration_text
from dcsync.render.words import (
    Style,
    Visible,
    counted,
    json_text,
    lines,
    padded,
    row,
    value,
    visible,
)
from dcsync.watch.moments import text_of

_COLORS = {"done": "green", "counted": "green", "not attempted": "yellow"}


def preview_text(span: Span, estimates: Sequence[Estimate], is_resumed: bool) -> Visible:
    """What is delivered where, how much that is as far as known, and what is unknown."""
    width = max((len(each.address) for each in estimates), default=0)
    seconds = sum(each.seconds for each in estimates)
    again = "what is left of " if is_resumed else ""
    parts = [f"Backfill {again}{_time(span.since_s)} to {_time(span.until_s)}:"]
    for each in estimates:
        sampled = "" if each.is_exact else f" (estimated from {counted(each.sampled, 'device')})"
        parts.append(
            f"  {each.address.ljust(width)}  {_about(each)}{counted(each.events, 'event')} of "
            f"{counted(each.devices, 'device')}{sampled}, {_about(each)}"
            f"{counted(each.calls, 'call')}, to {each.url}"
        )
    if not seconds:
        return lines(map(visible, [*parts, "Nothing is left to deliver."]))
    parts += [
        f"At the API's 25 calls in 5 s that takes {duration_text(seconds)} or more.",
        "Events already delivered in that time are delivered again, with the same eventId.",
        "Not known: events of devices that have left the project, labels as they were.",
    ]
    return lines(map(visible, parts))


def attempt_text(report: Report) -> Visible:
    """A failed attempt, and what comes next."""
    delivery = report.delivery
    again = "" if report.retry_in_s is None else f", retrying in {duration_text(report.retry_in_s)}"
    what = f"{delivery.address}: event {delivery.arrival.event_id} of {delivery.device.name}"
    return visible(f"{what}: {post_text(report.post)}{again}")


def outcome_lines(
    outcomes: Sequence[BackfillOutcome], style: Style, is_dry: bool
) -> Iterator[Visible]:
    """One line per connector, what is missing below it, and the tally."""
    width = max((len(each.address) for each in outcomes), default=0)
    for each in outcomes:
        word = state(each, is_dry)
        verb = "would be delivered" if is_dry else "delivered"
        what = f"{counted(each.events, 'event')} of {_devices(each)} {verb}"
        yield row(
            (
                style(padded(visible(word), 8), _COLORS.get(word, "red")),
                padded(visible(each.address), width),
                visible(f"{what} to {each.url}"),
            )
        )
        yield from (visible(f"  {flaw}") for flaw in flaws(each))
    delivered = sum(each.events for each in outcomes)
    failures = sum(each.failures for each in outcomes)
    if is_dry:
        yield visible(f"Backfill (dry run): {counted(delivered, 'event')}, nothing was delivered.")
    else:
        yield visible(f"Backfill: {delivered} delivered, failed attempts {failures}.")


def flaws(outcome: BackfillOutcome) -> Iterator[str]:
    """Why not everything was delivered."""
    if outcome.trouble:
        yield f"stopped: {outcome.trouble}"
    if outcome.gone:
        yield f"no history left, devices: {', '.join(map(value, outcome.gone[:10]))}"
    if outcome.faded:
        count = counted(len(outcome.faded), "device")
        yield f"the beginning has left the history, which reaches back 31 days: {count}"


def state(outcome: BackfillOutcome, is_dry: bool) -> str:
    """The result in one word."""
    if outcome.trouble:
        return "stopped"
    if outcome.is_whole:
        return "counted" if is_dry else "done"
    return "partial"


def report_json(
    span: Span, outcomes: Sequence[BackfillOutcome], is_dry: bool, refusal: str = ""
) -> Visible:
    """The report for programs."""
    return json_text(
        {
            "format_version": 1,
            "since": text_of(span.since_s),
            "until": text_of(span.until_s),
            "dry_run": is_dry,
            "refused": refusal or None,
            "summary": {
                "delivered": 0 if is_dry else sum(each.events for each in outcomes),
                "failed_attempts": sum(each.failures for each in outcomes),
            },
            "connectors": [_connector(each, is_dry) for each in outcomes],
        }
    )


def _connector(outcome: BackfillOutcome, is_dry: bool) -> dict[str, Any]:
    return {
        "address": outcome.address,
        "url": outcome.url,
        "state": state(outcome, is_dry),
        "devices": outcome.devices,
        "devices_done": outcome.done,
        "events": outcome.events,
        "events_by_type": dict(sorted(outcome.delivered.items())),
        "failed_attempts": outcome.failures,
        "devices_without_history": outcome.gone,
        "devices_partly_too_old": outcome.faded,
        "error": outcome.trouble or None,
    }


def _devices(outcome: BackfillOutcome) -> str:
    if outcome.done == outcome.devices:
        return counted(outcome.devices, "device")
    return f"{outcome.done} of {counted(outcome.devices, 'device')}"


def _about(estimate: Estimate) -> str:
    return "" if estimate.is_exact else "about "


def _time(seconds: float) -> str:
    return f"{text_of(seconds)[:19]}Z"
