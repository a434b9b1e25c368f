"""GETs small documents through the `cloud` room, the only one that uses HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from dcsync.dataclass import replace
from dcsync.errors import CloudError, InvalidResponse
from dcsync.loopback import is_loopback_url
from dcsync.receive.keys import KeysUnavailable

if TYPE_CHECKING:
    from dcsync.cloud.http.transport import Message, Transport

TIMEOUT_S = 4.0
"""A sender waits ten seconds for a response, and discovery takes two calls."""
LARGEST = 262_144
"""Maximum size of a document in bytes; a key takes about 200."""


def fetcher(environ: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> Callable[[str], bytes]:
    """A function from URL to body that raises KeysUnavailable; proxies come from `environ`.

    It follows no redirects and fetches one document at a time, each within `timeout_s` in all.
    """
    transport = cache(lambda is_local: _transport(environ, is_local=is_local))
    busy = threading.Lock()

    def fetch(url: str) -> bytes:
        from dcsync.cloud.http.transport import Message

        if not busy.acquire(timeout=timeout_s):
            raise KeysUnavailable(f"{url} has not responded yet")
        message = Message("GET keys", "GET", url, {"Accept": "application/json"})
        found: list[bytes | Exception] = []

        def work() -> None:
            try:
                found.append(_document(transport(is_loopback_url(url)), message))
            except (CloudError, KeysUnavailable) as error:
                found.append(error)
            finally:
                busy.release()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(timeout_s)
        result = found[0] if found else KeysUnavailable(f"{url} did not respond in time")
        if isinstance(result, Exception):
            raise KeysUnavailable(str(result)) from None
        return result

    return fetch


def _document(transport: Transport, message: Message) -> bytes:
    try:
        response = transport.send(message, most=LARGEST)
    except InvalidResponse:
        raise KeysUnavailable(f"{message.url} returned more than {LARGEST} bytes") from None
    if response.status != 200:
        raise KeysUnavailable(f"{message.url} returned {response.status}")
    return response.body


def _transport(environ: Mapping[str, str], *, is_local: bool) -> Transport:
    # Imported late: they take time, and most receivers never need a key.
    from dcsync.cloud.connect import network_settings
    from dcsync.cloud.http.transport import Transport

    settings = network_settings(environ)
    if is_local:  # never through a proxy
        settings = replace(settings, proxies={})
    return Transport(connections=2, timeout_s=TIMEOUT_S, network=settings)
