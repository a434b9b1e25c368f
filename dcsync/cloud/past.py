"""Pages of event history as events that have arrived: each event's own JSON, of which no more is
decoded than is looked at."""

from __future__ import annotations

import json
from typing import Any

from msgspec import DecodeError, Raw
from msgspec.json import Decoder

from dcsync.cloud.arrival import NO_OBJECT, Arrival, arrival_in
from dcsync.cloud.request import Request, Response
from dcsync.cloud.resources import check_event_head
from dcsync.errors import AnswerInvalid

_page = Decoder(dict[str, Raw]).decode
_events = Decoder(list[Raw]).decode
_token = Decoder(str | None).decode


def history_page(request: Request, response: Response) -> dict[str, Any]:
    """A page with each event's JSON under `events`. AnswerInvalid for what is no JSON object."""
    try:
        page = _page(response.body)
        events = [bytes(each) for each in _events(page["events"])]
        token = _token(page["nextPageToken"]) if "nextPageToken" in page else None
    except (DecodeError, ValueError, KeyError):  # Python's json decides, or says what is wrong
        return _by_python(response.json_object(request))
    return {"events": events, "nextPageToken": token}


def past_arrival(text: bytes, project_id: str) -> Arrival:
    """The event that this is the JSON of; AnswerInvalid for anything but one of this project."""
    try:
        arrival = arrival_in(text)
    except NO_OBJECT:
        raise AnswerInvalid("a page of the listing has no list of events") from None
    check_event_head(
        project_id,
        arrival.event_id,
        arrival.target_name,
        arrival.event_type,
        arrival.timestamp,
    )
    return arrival


def _by_python(page: dict[str, Any]) -> dict[str, Any]:
    events = page.get("events")
    if isinstance(events, list):
        texts = [json.dumps(each, separators=(",", ":")).encode() for each in events]
        return {**page, "events": texts}
    return page
