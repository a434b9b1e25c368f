"""Pagination. An invalid page is an error, never an empty one: taking an incomplete listing for a
complete one would delete and create connectors by mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from dcsync.cloud.request import Request
from dcsync.dataclass import replace
from dcsync.errors import InvalidResponse

MOST_PAGES = 10_000
MOST_ITEMS = 1_000_000
"""A month of history of a device that reports every few seconds."""
MOST_EMPTY_PAGES = 100
"""The limit of empty pages in a row; a filtered listing may have a few."""
LONGEST_TOKEN = 8192

GetObject = Callable[[Request], dict[str, Any]]
Item = TypeVar("Item")


def collect(
    get_object: GetObject, request: Request, key: str, kind: type[Item], most_pages: int
) -> Iterator[Item]:
    """The items under `key` of all pages, each of type `kind`.

    The next page is requested with the filters of the first (docs/api.md section 3.1). A page
    without `nextPageToken` is the last. InvalidResponse for a repeated token, and for more pages or
    items than any listing has.
    """
    seen: set[str] = set()
    token = ""
    items_left, empty_pages = MOST_ITEMS, 0
    while True:
        page = get_object(_page_of(request, token) if token else request)
        items = _items(request, page, key, kind)
        items_left -= len(items)
        if items_left < 0:
            raise InvalidResponse(f"{request}: the listing has more than {MOST_ITEMS} items")
        yield from items
        token = _next_token(request, page)
        if not token:
            return
        if token in seen:
            raise InvalidResponse(
                f"{request}: the listing repeats a page token and would never end"
            )
        seen.add(token)
        if len(seen) >= most_pages:
            raise InvalidResponse(f"{request}: the listing has more than {most_pages} pages")
        empty_pages = 0 if items else empty_pages + 1
        if empty_pages >= MOST_EMPTY_PAGES:
            raise InvalidResponse(f"{request}: {MOST_EMPTY_PAGES} pages of the listing are empty")


def _page_of(request: Request, token: str) -> Request:
    return replace(request, query=(*request.query, ("pageToken", token)))


def _items(request: Request, page: dict[str, Any], key: str, kind: type[Item]) -> list[Item]:
    items = page.get(key)
    if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
        raise InvalidResponse(f"{request}: a page of the listing has no list of {key}")
    return items


def _next_token(request: Request, page: dict[str, Any]) -> str:
    token = page.get("nextPageToken") or ""
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN or not token.isprintable():
        raise InvalidResponse(f"{request}: a page of the listing has no usable nextPageToken")
    return token
