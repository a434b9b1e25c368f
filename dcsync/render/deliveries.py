"""Formats the pushes that reached a local endpoint. Prints nothing."""

from __future__ import annotations

from collections.abc import Mapping

from dcsync.receive import AcceptedPush, SharedSecret
from dcsync.render.events import EventLines
from dcsync.render.words import Visible, json_line, text_of, visible


def delivery_text(push: AcceptedPush, lines: EventLines) -> Visible:
    """The event's line in the format of `watch`, with the state of its signature."""
    labels = {key: value for key, value in push.labels.items() if key != "name"}
    path = text_of(push.event.get("targetName", "")).split("/")
    project = text_of(push.metadata.get("projectId") or (path[1] if len(path) > 1 else ""))
    device = text_of(push.labels.get("name") or path[-1])
    return lines.line(push.event, project, device, labels, _mark(push))


def delivery_json(push: AcceptedPush) -> Visible:
    """The event as received, with its labels, metadata and signatures."""
    return json_line(
        {
            **push.event,
            "labels": push.labels,
            "metadata": push.metadata,
            "signatures": push.signatures,
            "secret_env": push.signer or None,
            "expired": bool(push.expired),
            "duplicate": push.duplicate,
        }
    )


def refusal_text(status: int, reason: str) -> Visible:
    return visible(f"{status}: {reason}")


def unchecked_text(push: AcceptedPush) -> Visible:
    return visible(f"a signature could not be checked: {push.unchecked}")


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


def _mark(push: AcceptedPush) -> str:
    late = [push.expired] if push.expired else []
    names = [_signature_text(header, push.signer) for header in push.signatures]
    signed = f"[signed: {', '.join([*names, *late])}]" if names else "[unchecked]"
    return f"{signed} [duplicate]" if push.duplicate else signed


def _signature_text(header: str, signer: str) -> str:
    return f"{header} by {signer}" if signer and header == SharedSecret.header else header
