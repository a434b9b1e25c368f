"""GETs a small document through the cloud room, which alone talks HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from dcsync.errors import AnswerInvalid, CloudError
from dcsync.loopback import is_loopback_url
from dcsync.receive.keys import KeysUnavailable

if TYPE_CHECKING:
    from dcsync.cloud.transport import Message, Transport

TIMEOUT_S = 4.0
"""A sender waits ten seconds for its answer, and discovery takes two calls."""
LARGEST = 262_144
"""Bytes of a document; a key takes some 200."""


def fetcher(environ: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> Callable[[str], bytes]:
    """A function from URL to body; it raises KeysUnavailable. Proxies are taken from `environ`.

    Follows no redirect. One document at a time, whole within `timeout_s`, however slowly its
    server sends it.
    """
    transport = cache(lambda is_local: _transport(environ, is_local=is_local))
    at_it = threading.Lock()

    def fetch(url: str) -> bytes:
        from dcsync.cloud.transport import Message

        if not at_it.acquire(timeout=timeout_s):
            raise KeysUnavailable(f"{url} has not answered yet")
        message = Message("GET keys", "GET", url, {"Accept": "application/json"})
        found: list[bytes | Exception] = []

        def work() -> None:
            try:
                found.append(_document(transport(is_loopback_url(url)), message))
            except (CloudError, KeysUnavailable) as error:
                found.append(error)
            finally:
                at_it.release()

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(timeout_s)
        result = found[0] if found else KeysUnavailable(f"{url} does not answer in time")
        if isinstance(result, Exception):
            raise KeysUnavailable(str(result)) from None
        return result

    return fetch


def _document(transport: Transport, message: Message) -> bytes:
    try:
        answer = transport.send(message, most=LARGEST)
    except AnswerInvalid:
        raise KeysUnavailable(f"{message.url} answers with more than {LARGEST} bytes") from None
    if answer.status != 200:
        raise KeysUnavailable(f"{message.url} answers {answer.status}")
    return answer.body


def _transport(environ: Mapping[str, str], *, is_local: bool) -> Transport:
    # Late imports: they cost time, and most receivers never ask for a key.
    from dcsync.cloud.connect import network_settings
    from dcsync.cloud.transport import Transport

    settings = network_settings(environ)
    if is_local:  # what is of this machine is no proxy's affair
        settings = replace(settings, proxies={})
    return Transport(connections=2, timeout_s=TIMEOUT_S, network=settings)
