"""Formats an event as CloudEvents 1.0 in JSON. Returns strings, prints nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from dcsync.cloud.arrival import Arrival
from dcsync.render.words import Visible, json_line
from dcsync.watch.devices import device_id_of

SOURCE = "//api.disruptive-technologies.com/"
TYPE = "com.disruptive-technologies."


def cloudevent_line(arrival: Arrival) -> Visible:
    """One line; `source` and `id` together identify an event, as the specification requires."""
    return json_line(cloudevent(arrival))


def cloudevent(arrival: Arrival) -> dict[str, Any]:
    """The required attributes, `time` and `subject` if known, and the event's own `data`."""
    known = {
        "subject": device_id_of(arrival.target_name),
        "time": _time(arrival.timestamp),
    }
    return {
        "specversion": "1.0",
        "id": arrival.event_id or sha256(arrival.text).hexdigest(),
        "source": SOURCE + arrival.target_name,
        "type": TYPE + (arrival.event_type or "event"),
        **{name: value for name, value in known.items() if value},
        "datacontenttype": "application/json",
        "data": json.loads(arrival.text).get("data"),
    }


def _time(timestamp: str) -> str:
    """RFC 3339 with a zone; "" for what is no time."""
    try:
        moment = datetime.fromisoformat(timestamp)
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""
