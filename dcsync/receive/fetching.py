"""GETs a small document through the cloud room, which alone talks HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from dcsync.errors import CloudError
from dcsync.receive.keys import KeysUnavailable

if TYPE_CHECKING:
    from dcsync.cloud.transport import Transport

TIMEOUT_S = 5.0
"""A sender waits ten seconds for its answer, and discovery takes two calls."""


def fetcher(environ: Mapping[str, str]) -> Callable[[str], bytes]:
    """A function from URL to body; it raises KeysUnavailable. Proxies are taken from `environ`."""
    transport = cache(lambda: _transport(environ))

    def fetch(url: str) -> bytes:
        from dcsync.cloud.transport import Message

        message = Message("GET keys", "GET", url, {"Accept": "application/json"})
        try:
            answer = transport().send(message)
        except CloudError as error:
            raise KeysUnavailable(str(error)) from None
        if answer.status != 200:
            raise KeysUnavailable(f"{url} answers {answer.status}")
        return answer.body

    return fetch


def _transport(environ: Mapping[str, str]) -> Transport:
    # Late imports: they cost time, and most receivers never ask for a key.
    from dcsync.cloud.connect import route
    from dcsync.cloud.transport import Transport

    return Transport(connections=2, timeout_s=TIMEOUT_S, route=route(environ))
