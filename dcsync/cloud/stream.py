"""One connection of an event stream, as raw events (dt-api.md section 5).

Bytes are taken as they arrive and split on line feeds only: a label may hold characters that
text-mode splitting takes for the end of a line. Reconnecting is the business of callers.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from http.client import HTTPException
from types import TracebackType
from typing import Any, Self

import requests
import urllib3

from dcsync.cloud.answers import error_of, presentable
from dcsync.cloud.pieces import CutShort, receiver
from dcsync.cloud.request import Request
from dcsync.errors import AnswerInvalid, AnswerLost, CloudError, Unauthorized

LONGEST_LINE = 16 * 2**20

_decode = json.JSONDecoder().raw_decode
"""Takes half the time of json.loads, which looks for the encoding of each text."""

_STATUS_OF_CODE = {
    2: 500, 3: 400, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409,
    11: 400, 12: 501, 13: 500, 14: 503, 15: 500, 16: 401,
}  # fmt: skip
"""HTTP status for a gRPC code: a stream error carries either (section 5.3)."""
_SESSION_OVER = frozenset({1, 4, 408, 504})
"""Codes that only say that this connection has lived long enough."""


_BEFORE_EVENT, _AFTER_EVENT = '{"result":{"event":', "}}"
"""What the server puts around an event, as far as is known."""
_EVENT = _BEFORE_EVENT + "{"


class EventStream:
    """Iterates over the events of one connection, pings included; closes its socket on exit.

    Ends where the server ends the stream in good order; raises CloudError where it breaks or
    reports an error. `close` may be called from another thread and wakes a waiting reader.
    """

    def __init__(
        self,
        request: Request,
        response: requests.Response,
        on_unauthorized: Callable[[], object],
    ) -> None:
        self._request = request
        self._response = response
        self._on_unauthorized = on_unauthorized
        self._closed = False
        self._receive = receiver(response.raw)
        self._events = self._read()
        self.event_text = ""
        """The event that was given last, exactly as it came; "" where it is not told apart."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._events

    def __next__(self) -> dict[str, Any]:
        return next(self._events)

    def close(self) -> None:
        """End the stream and its connection now."""
        self._closed = True
        # The socket first: that wakes a thread waiting for bytes, which holds the reader's lock.
        with contextlib.suppress(ValueError, RuntimeError, OSError):
            self._response.raw.shutdown()
        with contextlib.suppress(RuntimeError, OSError):
            self._response.close()

    def _read(self) -> Iterator[dict[str, Any]]:
        try:
            for payload in payloads(self._pieces()):
                event = self._event_of(payload)
                if event is not None:
                    yield event
        finally:
            self.close()

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._piece():
            yield piece

    def _piece(self) -> bytes:
        """What has arrived; b"" at the end, or once the stream was closed by us."""
        try:
            return b"" if self._closed else self._receive()
        except (urllib3.exceptions.HTTPError, HTTPException, OSError, CutShort) as error:
            reason = _reason(error)
        except (ValueError, AttributeError):  # from reading what was closed meanwhile
            if not self._closed:
                raise
        if self._closed:
            return b""
        raise AnswerLost(f"{self._request}: the stream broke: {reason}")

    def _event_of(self, payload: bytes) -> dict[str, Any] | None:
        """The event in a payload; None for one that holds neither event nor error."""
        try:
            text = payload.decode()
            if text.startswith(_EVENT):  # what is around it need not be built: a fifth of all
                event, end = _decode(text, len(_BEFORE_EVENT))
                if text[end:] == _AFTER_EVENT:
                    self.event_text = text[len(_BEFORE_EVENT) : end]
                    return event  # type: ignore[no-any-return]  # an object, by its brace
            content, end = _decode(text)
        except (ValueError, RecursionError):
            raise AnswerInvalid(
                f"{self._request}: the stream sent something else than JSON"
            ) from None
        if text[end:].strip():
            raise AnswerInvalid(f"{self._request}: the stream sent something else than JSON lines")
        try:
            event = content["result"]["event"]
        except (KeyError, TypeError):
            event = None
        if isinstance(event, dict):
            self.event_text = ""
            return event
        if isinstance(content, dict) and "error" in content:
            raise self._error_of(content)
        return None

    def _error_of(self, content: dict[str, Any]) -> CloudError:
        """The error that the stream reports, in any of its three shapes (sections 3.2 and 5.3)."""
        problem = content["error"] if isinstance(content["error"], dict) else content
        codes = [problem.get(key) for key in ("httpCode", "code", "grpcCode")]
        code = next((code for code in codes if isinstance(code, int)), 500)
        text = presentable(
            str(problem.get("message") or problem.get("error") or ""), self._request.secrets
        )
        if code in _SESSION_OVER:
            return AnswerLost(f"{self._request}: the server ended the stream: {text}")
        error = error_of(
            self._request, _STATUS_OF_CODE.get(code, code if code >= 400 else 500), text=text
        )
        if isinstance(error, Unauthorized):
            self._on_unauthorized()
        return error


def payloads(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The JSON texts in a stream, whether it comes as JSON lines or as Server-Sent Events.

    An object on a line of its own is one; so are the `data:` lines up to a blank one, joined.
    """
    data: list[bytes] = []
    for line in lines(pieces):
        if line[:1] == b"{":
            yield line
        elif line[:5] == b"data:":
            data.append(line[5:].removeprefix(b" "))
        elif data and not line.strip():
            yield b"\n".join(data)
            data = []
        elif line[:1] not in _SSE_STARTS and line.strip():
            yield line  # nothing that is known: the reader reports it
    if data:
        yield b"\n".join(data)


_SSE_STARTS = (b":", b"e", b"i", b"r")
"""How the other lines of SSE begin: a comment, `event`, `id`, `retry`."""


def lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Lines without their line feed; the last one may lack it."""
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        first, *others = piece.split(b"\n")
        parts.append(first)
        size += len(first)
        if others:
            yield b"".join(parts)
            *whole, rest = others
            yield from whole
            parts, size = [rest], len(rest)
        elif size > LONGEST_LINE:
            raise AnswerInvalid("the stream sends a line without end")
    if rest := b"".join(parts):
        yield rest


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return "nothing was heard in time, not even a ping"
    return "the connection was lost"
