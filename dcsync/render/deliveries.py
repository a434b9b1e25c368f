"""What reached a local endpoint, as lines. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Mapping

from dcsync.receive import Delivery, SharedSecret
from dcsync.render.events import EventLines
from dcsync.render.words import Visible, json_line, text_of, visible


def delivery_text(delivery: Delivery, lines: EventLines) -> Visible:
    """The event's line as `watch` writes it, with what is known of its signature."""
    labels = {key: value for key, value in delivery.labels.items() if key != "name"}
    path = text_of(delivery.event.get("targetName", "")).split("/")
    project = text_of(delivery.metadata.get("projectId") or (path[1] if len(path) > 1 else ""))
    device = text_of(delivery.labels.get("name") or path[-1])
    return lines.line(delivery.event, project, device, labels, _mark(delivery))


def delivery_json(delivery: Delivery) -> Visible:
    """The event as it came, joined by what came with it and what was found out."""
    return json_line(
        {
            **delivery.event,
            "labels": delivery.labels,
            "metadata": delivery.metadata,
            "signatures": delivery.signatures,
            "secret_env": delivery.signer or None,
            "expired": bool(delivery.expired),
            "duplicate": delivery.duplicate,
        }
    )


def refusal_text(status: int, reason: str) -> Visible:
    return visible(f"{status}: {reason}")


def unchecked_text(delivery: Delivery) -> Visible:
    return visible(f"a signature could not be checked: {delivery.unchecked}")


def summary(tally: Mapping[str, int]) -> Visible:
    """How many pushes had each outcome."""
    duplicates = tally.get("duplicate", 0)
    parts = [f"{tally.get('accepted', 0) + duplicates} accepted"]
    if duplicates:
        parts.append(f"{duplicates} of them duplicates")
    parts.append(f"{tally.get('refused', 0)} refused")
    if tally.get("failed"):
        parts.append(f"{tally['failed']} failed on purpose")
    return visible(", ".join(parts) + ".")


def _mark(delivery: Delivery) -> str:
    late = [delivery.expired] if delivery.expired else []
    names = [_signature_text(header, delivery.signer) for header in delivery.signatures]
    signed = f"[signed: {', '.join([*names, *late])}]" if names else "[unchecked]"
    return f"{signed} [duplicate]" if delivery.duplicate else signed


def _signature_text(header: str, signer: str) -> str:
    return f"{header} by {signer}" if signer and header == SharedSecret.header else header
