"""HTTP responses with a total deadline: for the head, and unless it is a stream for the body too.

A socket timeout applies to each receive, so a server that sends a byte now and then never times
out, be it in headers, 1xx responses, trailers or a proxy's greeting. Here each receive gets only
the time that is left.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from typing import Any

from dcsync.cloud.http import heads
from dcsync.cloud.http.pieces import dechunked, received

NowS = Callable[[], float]


PRECISION_S = 0.05
"""So much longer may a receive take: setting a timeout lets other threads run first."""


class _Source(io.RawIOBase):
    """Reads from a socket; raises TimeoutError after the deadline."""

    def __init__(self, sock: Any, raw: Any, now_s: NowS, timeout_s: float) -> None:
        self._sock = sock
        self._raw = raw
        self._now_s = now_s
        self._timeout_s = timeout_s
        self._until_s: float | None = now_s() + timeout_s
        self.has_ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._until_s is not None:
            left_s = self._until_s - self._now_s()
            if left_s <= 0:
                raise TimeoutError
            known_s = self._sock.gettimeout()
            if known_s is None or not 0 <= known_s - left_s < PRECISION_S:
                self._sock.settimeout(left_s)
        size: int | None = self._raw.readinto(buffer)
        self.has_ended = size == 0
        return size

    def lift(self) -> None:
        """Remove the deadline; each receive keeps its timeout."""
        self._until_s = None
        self._sock.settimeout(self._timeout_s)

    def close(self) -> None:
        self._raw.close()
        super().close()


class TimedResponse(HTTPResponse):
    """An HTTPResponse with a deadline."""

    def __init__(self, sock: Any, *, now_s: NowS, timeout_s: float, **keywords: Any) -> None:
        super().__init__(sock, **keywords)
        self._source = _Source(sock, self.fp.detach(), now_s, timeout_s)
        self.fp = io.BufferedReader(self._source)

    def begin(self) -> None:
        """http.client takes the end of the connection for the end of the head: HTTPException."""
        heads.begin(self)
        if self._source.has_ended:
            raise HTTPException("the head is cut short")


class EndlessResponse(TimedResponse):
    """Has no deadline after the head, and decodes all chunks of one receive at once."""

    def begin(self) -> None:
        super().begin()
        if not self._source.closed:
            self._source.lift()
        self._chunks = dechunked(received(self.fp)) if self.chunked else None

    def read1(self, n: int = -1) -> bytes:
        """The next bytes of the body; if it is chunked all that arrived, whatever `n` is."""
        return super().read1(n) if self._chunks is None else next(self._chunks, b"")
