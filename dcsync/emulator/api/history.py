"""A device's past events (docs/api.md section 7)."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge

from dcsync.emulator.api import devices
from dcsync.emulator.api.call import Call
from dcsync.emulator.api.paging import page_lazily
from dcsync.emulator.clock import parse_timestamp
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import HttpRequest, Json, Refused

_DAY_S = 86400.0


def list_(call: Call) -> Json:
    """Newest first; bounds are inclusive, and a start before the retention is moved to it."""
    cloud, request = call.cloud, call.request
    devices.get(call)
    now = cloud.clock.now()
    oldest = now - cloud.switches.history_days * _DAY_S
    start = _time(request, "start_time", now - _DAY_S)
    if start < oldest and cloud.switches.history_too_old == "reject":
        raise Refused(400, "start_time is before the retention period")
    start = max(start, oldest)
    end = _time(request, "end_time", now)
    if start > end:
        raise Refused(400, "start_time must not be after end_time")
    types = request.query.get("event_types", [])

    def found_after(last: str) -> Iterator[Json]:
        """The events after `last`, the last event of the previous page."""
        newest = parse_timestamp(last.partition(" ")[0]) if last else end
        past = cloud.past.newest_first(cloud.device(call.resource_id), start, newest)
        for event in merge(_stored(call), past, key=_rank, reverse=True):
            if last and _rank(event) >= last:
                continue
            is_within = _within(start, parse_timestamp(event["timestamp"]), end, cloud.switches)
            if is_within and (not types or event["eventType"] in types):
                yield event

    return page_lazily(
        call, "events", found_after, largest=cloud.switches.max_events_page_size, identify=_rank
    )


def _stored(call: Call) -> list[Json]:
    events = call.cloud.store.events.of(call.resource_id).values()
    return sorted(events, key=_rank, reverse=True)


def _rank(event: Json) -> str:
    """A sort key of events by time, which identifies one."""
    return f"{event['timestamp']} {event['eventId']}"


def _within(start: float, moment: float, end: float, switches: Switches) -> bool:
    return start <= moment < end or (moment == end and switches.history_end == "inclusive")


def _time(request: HttpRequest, name: str, default: float) -> float:
    text = request.first(name)
    try:
        return parse_timestamp(text) if text else default
    except ValueError:
        raise Refused(400, f"{name} must be an RFC 3339 time") from None
