"""Listings, page by page. A page that is not what the API documents ends the listing with an
error: an incomplete listing taken for a complete one would delete and create for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dcsync.cloud.request import Request
from dcsync.errors import AnswerInvalid

MOST_PAGES = 100_000

GetObject = Callable[[Request], dict[str, Any]]


def collect(get_object: GetObject, request: Request, key: str) -> Iterator[dict[str, Any]]:
    """The items under `key` of all pages.

    The token of the next page goes with the filters of the first (dt-api.md section 3.1). A
    missing `nextPageToken` is the last page; one that was seen before is an AnswerInvalid.
    """
    seen: set[str] = set()
    token = ""
    while True:
        asked = replace(request, query=(*request.query, ("pageToken", token))) if token else request
        page = get_object(asked)
        yield from _items(request, page, key)
        token = _next_token(request, page)
        if not token:
            return
        if token in seen or len(seen) >= MOST_PAGES:
            raise AnswerInvalid(f"{request}: the listing repeats a page token and would never end")
        seen.add(token)


def _items(request: Request, page: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = page.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise AnswerInvalid(f"{request}: a page of the listing has no list of {key}")
    return items


def _next_token(request: Request, page: dict[str, Any]) -> str:
    token = page.get("nextPageToken") or ""
    if not isinstance(token, str):
        raise AnswerInvalid(f"{request}: a page of the listing has no usable nextPageToken")
    return token
