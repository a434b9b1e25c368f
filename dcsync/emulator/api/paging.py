"""Listings in pages, in the order set by the switches."""

from __future__ import annotations

import binascii
import json
import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import TypeVar

from dcsync.emulator.api.call import Call
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import HttpRequest, Json, Refused

T = TypeVar("T")


def arrange(resources: Sequence[Json], switches: Switches) -> list[Json]:
    """Resources, oldest first, in the order of this cloud's listings."""
    match switches.list_order:
        case "newest":
            return list(reversed(resources))
        case "shuffled":
            seed = str(switches.shuffle_seed)
            return sorted(resources, key=lambda r: sha256((seed + r["name"]).encode()).digest())
        case _:
            return list(resources)


def page(
    call: Call,
    collection: str,
    items: Sequence[T],
    *,
    largest: int | None = None,
    identify: Callable[[T], str] = str,
) -> Json:
    """One page: `{"<collection>": […], "nextPageToken": ""}`.

    A token holds the last item returned and its position, so that the listing continues correctly
    if items are added or removed between pages.
    """
    switches, now = call.cloud.switches, call.cloud.clock.now()
    start = _start(call.request, [identify(item) for item in items], switches, now)
    end = start + _size(call.request, largest or switches.max_page_size, switches)
    chosen = list(items[start:end])
    more = chosen and end < len(items)
    token = _token(call.request.path, end, identify(chosen[-1]), now) if more else ""
    return {collection: chosen, "nextPageToken": token}


def page_lazily(
    call: Call,
    collection: str,
    items_after: Callable[[str], Iterator[T]],
    *,
    largest: int,
    identify: Callable[[T], str],
) -> Json:
    """The same without a complete list: `items_after` returns the items after the one with the
    given name, "" for all."""
    switches, now = call.cloud.switches, call.cloud.clock.now()
    _, last = _given(call.request, switches, now)
    items = items_after(last)
    chosen = list(islice(items, _size(call.request, largest, switches)))
    more = bool(chosen) and next(items, None) is not None
    token = _token(call.request.path, 0, identify(chosen[-1]), now) if more else ""
    return {collection: chosen, "nextPageToken": token}


def _size(request: HttpRequest, largest: int, switches: Switches) -> int:
    text = request.first("page_size") or "0"
    if not text.isdecimal() or (int(text) > largest and switches.oversized_page == "reject"):
        raise Refused(400, f"page_size must be a number from 1 to {largest}")
    return min(int(text) or switches.default_page_size or largest, largest)


def _token(path: str, position: int, last: str, now: float) -> str:
    text = json.dumps([path, position, last, now])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _start(request: HttpRequest, names: list[str], switches: Switches, now: float) -> int:
    position, last = _given(request, switches, now)
    return names.index(last) + 1 if last in names else position


def _given(request: HttpRequest, switches: Switches, now: float) -> tuple[int, str]:
    """Where a listing continues: the position, and the name of the last item returned."""
    text = request.first("page_token")
    if not text:
        return 0, ""
    try:
        path, position, last, made = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        alive = now < float(made) + (switches.page_token_lifetime_s or math.inf)
    except (ValueError, TypeError, binascii.Error):
        path, position, last, alive = None, 0, "", False
    if path == request.path and alive:
        return int(position), str(last)
    if switches.invalid_page_token == "reject":  # noqa: S105 - no password
        raise Refused(400, "page_token does not belong to this listing, or has expired")
    return 0, ""
