"""Pages of event history as events that have arrived: each event's own JSON, of which no more is
decoded than is looked at."""

from __future__ import annotations

import json
from typing import Any

from msgspec import DecodeError, Raw, Struct
from msgspec.json import Decoder

from dcsync.cloud.arrival import NO_OBJECT, Arrival, arrival_in
from dcsync.cloud.arrival_checks import sound
from dcsync.cloud.request import Request, Response, placed
from dcsync.errors import InvalidResponse


class _Page(Struct, rename="camel"):
    events: list[Raw]
    next_page_token: str | None = None


class _Heads(Struct):
    events: list[Arrival]


_page = Decoder(_Page).decode
_heads = Decoder(_Heads).decode


def history_page(request: Request, response: Response, project_id: str) -> dict[str, Any]:
    """A page with its events as arrivals. InvalidResponse for anything else."""
    with placed(request):
        try:
            page = _page(response.body)
        except (DecodeError, ValueError):  # Python's json decides, or says what is wrong
            return _by_python(response.json_object(request), project_id)
        arrivals = _arrivals(response.body, page.events, project_id)
        return {"events": arrivals, "nextPageToken": page.next_page_token}


def _arrivals(body: bytes, texts: list[Raw], project_id: str) -> list[Arrival]:
    """All at once, a third of the work; only what cannot be decoded so is taken one by one."""
    arrivals = _at_once(body, texts) if body.isascii() else None
    if arrivals is None:
        arrivals = [_arrival(bytes(each)) for each in texts]
    return _checked(project_id, arrivals)


def _at_once(body: bytes, texts: list[Raw]) -> list[Arrival] | None:
    try:
        arrivals = _heads(body).events
    except NO_OBJECT:
        return None
    for arrival, text in zip(arrivals, texts, strict=True):
        arrival.text = bytes(text)
    return arrivals


def _arrival(text: bytes) -> Arrival:
    """The event that this is the JSON of."""
    try:
        return arrival_in(text)
    except NO_OBJECT:
        raise InvalidResponse("a page of the listing has no list of events") from None


def _checked(project_id: str, arrivals: list[Arrival]) -> list[Arrival]:
    _, wrong = sound(project_id, arrivals)
    if wrong is not None:
        raise wrong
    return arrivals


def _by_python(page: dict[str, Any], project_id: str) -> dict[str, Any]:
    events = page.get("events")
    if isinstance(events, list):
        texts = [json.dumps(each, separators=(",", ":")).encode() for each in events]
        return {**page, "events": _checked(project_id, [_arrival(each) for each in texts])}
    return page
