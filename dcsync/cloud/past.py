"""Pages of event history as events that have arrived: each event's own JSON, of which no more is
decoded than is looked at."""

from __future__ import annotations

import json
from typing import Any

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from dcsync.cloud.arrival import NO_OBJECT, Arrival, arrival_in
from dcsync.cloud.request import Request, Response, placed
from dcsync.cloud.resources import check_event_head
from dcsync.errors import InvalidResponse

_page = Decoder(dict[str, Raw]).decode
_events = Decoder(list[Raw]).decode
_token = Decoder(str | None).decode


def history_page(request: Request, response: Response, project_id: str) -> dict[str, Any]:
    """A page with its events as arrivals. InvalidResponse for anything else."""
    with placed(request):
        try:
            page = _page(response.body)
            events = _events(page["events"])
            token = _token(page["nextPageToken"]) if "nextPageToken" in page else None
        except (DecodeError, ValueError, KeyError):  # Python's json decides, or says what is wrong
            return _by_python(response.json_object(request), project_id)
        arrivals = [_arrival(bytes(each), project_id) for each in events]
        return {"events": arrivals, "nextPageToken": token}


def _arrival(text: bytes, project_id: str) -> Arrival:
    """The event that this is the JSON of."""
    try:
        arrival = arrival_in(text)
    except NO_OBJECT:
        raise InvalidResponse("a page of the listing has no list of events") from None
    check_event_head(
        project_id,
        arrival.event_id,
        arrival.target_name,
        arrival.event_type,
        arrival.timestamp,
    )
    return arrival


def _by_python(page: dict[str, Any], project_id: str) -> dict[str, Any]:
    events = page.get("events")
    if isinstance(events, list):
        texts = [json.dumps(each, separators=(",", ":")).encode() for each in events]
        return {**page, "events": [_arrival(each, project_id) for each in texts]}
    return page
