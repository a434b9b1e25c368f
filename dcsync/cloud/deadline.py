"""Responses that must be there by a time: its head, and unless it is a stream its whole body.

A time-out of sockets counts from each receive to the next, so that a server that sends a byte now
and then is never given up: neither in its headers, nor in 1xx responses, trailers or a proxy's
greeting. Here each receive may only take what is left.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

NowS = Callable[[], float]


class _Source(io.RawIOBase):
    """What a socket receives until the deadline; afterwards a TimeoutError."""

    def __init__(self, sock: Any, raw: Any, now_s: NowS, timeout_s: float) -> None:
        self._sock = sock
        self._raw = raw
        self._now_s = now_s
        self._timeout_s = timeout_s
        self._until_s: float | None = now_s() + timeout_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._until_s is not None:
            left_s = self._until_s - self._now_s()
            if left_s <= 0:
                raise TimeoutError
            self._sock.settimeout(min(left_s, self._timeout_s))
        size: int | None = self._raw.readinto(buffer)
        return size

    def lift(self) -> None:
        """No deadline from now on, only a limit for each silence."""
        self._until_s = None
        self._sock.settimeout(self._timeout_s)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """Reads from a source with a deadline, which is lifted after the head if this is a stream."""

    def __init__(
        self, sock: Any, *, now_s: NowS, timeout_s: float, endless: bool, **keywords: Any
    ) -> None:
        super().__init__(sock, **keywords)
        self._source = _Source(sock, self.fp.detach(), now_s, timeout_s)
        self.fp = io.BufferedReader(self._source)
        self._endless = endless

    def begin(self) -> None:
        super().begin()
        if self._endless and not self._source.closed:
            self._source.lift()


def pool_classes(now_s: NowS, *, endless: bool) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    """urllib3's classes of pools by URL scheme, whose responses have a deadline."""

    def response_of(
        connection: HTTPConnection, sock: Any, *args: Any, **keywords: Any
    ) -> _Response:
        timeout_s = float(connection.timeout or 0)
        return _Response(sock, *args, now_s=now_s, timeout_s=timeout_s, endless=endless, **keywords)

    class Plain(HTTPConnection):
        response_class = response_of  # type: ignore[assignment]  # it is only ever called

    class Secure(HTTPSConnection):
        response_class = response_of  # type: ignore[assignment]  # it is only ever called

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
