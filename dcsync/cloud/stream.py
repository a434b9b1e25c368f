"""One connection of an event stream, as raw events (docs/api.md section 5).

Events are returned as they arrive, in one list per receive. Callers reconnect.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import urllib3

from dcsync.cloud.arrival import NO_OBJECT, Arrival, arrival_in, arrival_of
from dcsync.cloud.arrival_checks import sound
from dcsync.cloud.clock import Clock
from dcsync.cloud.http.unread_response import UnreadResponse
from dcsync.cloud.messages.error_responses import api_error, message_of
from dcsync.cloud.messages.secrets import Secrets
from dcsync.cloud.payloads import Payloads
from dcsync.cloud.request import NOT_JSON, Request, parsed, placed
from dcsync.errors import CloudError, InvalidResponse, ReadTimeout, ResponseLost, Unauthorized

_STATUS_OF_CODE = {
    2: 500, 3: 400, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409,
    11: 400, 12: 501, 13: 500, 14: 503, 15: 500, 16: 401,
}  # fmt: skip
"""HTTP status by gRPC code: a stream error has either (section 5.3)."""
_SESSION_OVER = frozenset({1, 4, 408, 504})
"""Codes of a connection that the server ends because of its age."""


_SILENT = "no data in time, not even a ping"

_BEFORE_EVENT, _AFTER_EVENT = b'{"result":{"event":', b"}}"
"""What the server puts around each event, as far as is known."""


class EventStream:
    """An iterator over the events of one connection, pings included; closes its socket on exit.

    Ends when the server ends the stream cleanly; raises CloudError if it breaks or reports an
    error. `close` may be called from another thread and wakes a waiting reader.
    """

    def __init__(
        self,
        request: Request,
        response: UnreadResponse,
        secrets: Secrets,
        on_unauthorized: Callable[[], object],
        *,
        silence_s: float,
        clock: Clock,
    ) -> None:
        self._secrets = secrets
        self._silence_s = silence_s
        self._clock = clock
        self._project_id = unquote(request.path.split("/")[2])
        self._request = request
        self._response = response
        self._on_unauthorized = on_unauthorized
        self._closed = False
        self._receive = response.receiver()
        self._arrivals = self._read()
        self._events = (arrival.event for arrivals in self._arrivals for arrival in arrivals)

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

    def arrivals(self) -> Iterator[list[Arrival]]:
        """Non-empty lists of events that arrived together; use instead of iterating."""
        return self._arrivals

    def close(self) -> None:
        """Close the stream and its connection now."""
        self._closed = True
        # The socket first: that wakes a thread that waits for bytes and holds the reader's lock.
        with contextlib.suppress(ValueError, RuntimeError, OSError):
            self._response.shutdown()
        with contextlib.suppress(RuntimeError, OSError):
            self._response.close()

    def _read(self) -> Iterator[list[Arrival]]:
        payloads = Payloads()
        last_data_s = self._clock.now_s()
        try:
            for piece in self._pieces():
                with placed(self._request):
                    documents = payloads.feed(piece)
                for arrivals in self._together(documents):
                    yield arrivals
                    last_data_s = self._clock.now_s()
                if self._clock.now_s() - last_data_s > self._silence_s:
                    raise self._broken(_SILENT)
            yield from self._together(payloads.end())
        finally:
            self.close()

    def _together(self, payloads: Iterable[bytes]) -> Iterator[list[Arrival]]:
        """Their events as one list, if there are any; then the first error."""
        found: list[Arrival] = []
        error: CloudError | None = None
        try:
            with placed(self._request):
                for payload in payloads:
                    arrival = self._arrival_of(payload)
                    if arrival is not None:
                        found.append(arrival)
        except CloudError as caught:
            error = caught
        found, wrong = sound(self._project_id, found)
        if found:
            yield found
        if wrong is not None:
            raise InvalidResponse(f"{self._request}: {wrong}")
        if error is not None:
            raise error

    def _pieces(self) -> Iterator[bytes]:
        while piece := self._piece():
            yield piece

    def _piece(self) -> bytes:
        """The bytes that have arrived; b"" at the end, or after `close`."""
        try:
            return b"" if self._closed else self._receive()
        except (urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
            reason = _reason(error)
        except (ValueError, AttributeError):  # from reading a closed socket
            if not self._closed:
                raise
        if self._closed:
            return b""
        raise self._broken(reason)

    def _broken(self, reason: str) -> ResponseLost:
        kind = ReadTimeout if reason == _SILENT else ResponseLost
        return kind(f"{self._request}: the stream broke: {reason}")

    def _arrival_of(self, payload: bytes) -> Arrival | None:
        """The event in a payload; None if it holds neither an event nor an error."""
        if payload.startswith(_BEFORE_EVENT) and payload.endswith(_AFTER_EVENT):
            text = payload[len(_BEFORE_EVENT) : -len(_AFTER_EVENT)]
            try:
                return arrival_in(text)
            except NO_OBJECT:
                pass  # more than an event
        content = parsed(payload)
        if content is NOT_JSON:
            raise InvalidResponse("the stream sent something other than JSON lines")
        event = _event_in(content)
        if event is not None:
            return arrival_of(event)
        if isinstance(content, dict) and "error" in content:
            raise self._error_of(content)
        return None

    def _error_of(self, content: dict[str, Any]) -> CloudError:
        """The error in the stream, in any of its three shapes (sections 3.2 and 5.3)."""
        problem = content["error"] if isinstance(content["error"], dict) else content
        codes = [problem.get(key) for key in ("httpCode", "code", "grpcCode")]
        code = next((code for code in codes if isinstance(code, int)), 500)
        message = message_of(self._request, content, self._secrets)
        if code in _SESSION_OVER:
            return ResponseLost(f"{self._request}: the server ended the stream: {message}")
        error = api_error(
            self._request,
            _STATUS_OF_CODE.get(code, code if code >= 400 else 500),
            message=message,
            body=content,
        )
        if isinstance(error, Unauthorized):
            self._on_unauthorized()
        return error


def _event_in(content: Any) -> dict[str, Any] | None:
    try:
        event = content["result"]["event"]
    except (KeyError, TypeError):
        return None
    return event if isinstance(event, dict) else None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError):
        return _SILENT
    return "the connection was lost"
