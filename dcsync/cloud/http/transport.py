"""Sends one attempt of one call, and turns what goes wrong into our errors.

Follows no redirects and reads no environment: network settings are fixed before the first call.
How requests is used is in `sessions` and `adapter`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import requests
import urllib3

from dcsync.cloud.clock import Clock
from dcsync.cloud.http import bodies
from dcsync.cloud.http.adapter import Adapter
from dcsync.cloud.http.bodies import BadEncoding, TooLarge
from dcsync.cloud.http.message import Message as Message
from dcsync.cloud.http.network import NetworkSettings as NetworkSettings
from dcsync.cloud.http.sessions import MessageSender, OwnSession, UserSession
from dcsync.cloud.http.transport_errors import response_lost, transport_error
from dcsync.cloud.http.unread_response import UnreadResponse
from dcsync.cloud.request import Response
from dcsync.dataclass import dataclass
from dcsync.errors import InvalidResponse

CONNECT_TIMEOUT_S = 10.0
STREAMS = 64
"""Size of the connection pool for streams."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of one call, for logs and progress; holds no secret.

    `status` is 0 if there was no response; `size` is that of the response body in bytes.
    """

    name: str
    status: int
    seconds: float
    size: int = 0


OnCall = Callable[[Exchange], None]


def ignore_exchange(exchange: Exchange) -> None:
    """Report nothing."""


class Transport:
    """A connection pool shared by threads, and another one for streams.

    With the user's `session` all messages go through that, and `network` is ignored.
    """

    def __init__(
        self,
        *,
        connections: int,
        timeout_s: float,
        network: NetworkSettings,
        clock: Clock | None = None,
        on_call: OnCall = ignore_exchange,
        session: requests.Session | None = None,
    ) -> None:
        self._on_call = on_call
        self._timeout_s = timeout_s
        self._clock = clock or Clock()

        def own(connections: int, *, is_stream: bool) -> MessageSender:
            adapter = Adapter(
                connections,
                block=not is_stream,
                endless=is_stream,
                now_s=self._clock.now_s,
                ca_bundle=network.ca_bundle,
            )
            return OwnSession(adapter, network)

        users = UserSession(session) if session is not None else None
        self._calls = users or own(connections, is_stream=False)
        self._streams = users or own(STREAMS, is_stream=True)

    def send(self, message: Message, most: int | None = None) -> Response:
        """The whole response, whatever its status, of at most `most` bytes.

        ConnectionFailed if the request certainly did not reach the server, ResponseLost if it may
        have.
        """
        began_s = self._clock.now_s()
        status = size = 0
        try:
            response = self._whole_response(message, most or bodies.LARGEST_BODY)
            status, size = response.status, len(response.body)
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s, size))
        return response

    def _whole_response(self, message: Message, most: int) -> Response:
        unread = self._open(self._calls, message, self._timeout_s)
        try:
            return Response(unread.status, unread.headers, self._read(message, unread, most))
        except (urllib3.exceptions.HTTPError, OSError, BadEncoding) as error:
            caught = response_lost(message, error)
        finally:
            unread.close()
        raise caught

    def open(self, message: Message, silence_s: float) -> UnreadResponse:
        """A response with its body unread; it breaks after `silence_s` seconds without data."""
        began_s = self._clock.now_s()
        status = 0
        try:
            response = self._open(self._streams, message, silence_s)
            status = response.status
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s))
        return response

    def finish(self, message: Message, unread: UnreadResponse) -> Response:
        """Read a response that turned out not to be a stream."""
        try:
            body = self._read(message, unread, bodies.LARGEST_BODY)
        except (urllib3.exceptions.HTTPError, OSError, BadEncoding, InvalidResponse):
            body = b""
        finally:
            unread.close()
        return Response(unread.status, unread.headers, body)

    def close(self) -> None:
        """Close pooled connections."""
        self._calls.close()
        self._streams.close()

    def _open(self, sender: MessageSender, message: Message, read_s: float) -> UnreadResponse:
        connect_s = min(self._timeout_s, CONNECT_TIMEOUT_S)
        try:
            return UnreadResponse(sender.send(message, connect_s, read_s))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            caught = transport_error(message, error)
        # Raised here, the error has no context, which would hold the socket and the headers.
        raise caught

    def _read(self, message: Message, response: UnreadResponse, most: int) -> bytes:
        pieces, encoding = response.body()
        try:
            return bodies.unpacked(self._in_time(pieces), encoding, most)
        except TooLarge:
            raise InvalidResponse(
                f"{message.name}: the response is larger than {most} bytes"
            ) from None

    def _in_time(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, with a deadline for all of them: a server may send them very slowly."""
        deadline_s = self._clock.now_s() + self._timeout_s
        for piece in pieces:
            yield piece
            if self._clock.now_s() > deadline_s:
                raise TimeoutError(f"no complete response in {self._timeout_s:g} s")
