"""GETs a small document through the cloud room, which alone talks HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dcsync.receive.keys import KeysUnavailable

TIMEOUT_S = 5.0
"""A sender waits ten seconds for its answer, and discovery takes two calls."""


def fetcher(environ: Mapping[str, str]) -> Callable[[str], bytes]:
    """A function from URL to body; it raises KeysUnavailable. Proxies are taken from `environ`."""
    from dcsync.cloud.connect import route  # late: most receivers never ask for a key
    from dcsync.cloud.transport import Message, Transport
    from dcsync.errors import CloudError

    transport = Transport(connections=2, timeout_s=TIMEOUT_S, route=route(environ))

    def fetch(url: str) -> bytes:
        message = Message("GET keys", "GET", url, {"Accept": "application/json"})
        try:
            answer = transport.send(message)
        except CloudError as error:
            raise KeysUnavailable(str(error)) from None
        if answer.status != 200:
            raise KeysUnavailable(f"{url} answers {answer.status}")
        return answer.body

    return fetch
