"""Bytes over sockets: one attempt of one call, and what went wrong with it.

Follows no redirect, reads no environment: proxies and trust are decided once, before the first
call. How requests is used is in `sessions` and `adapter`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import requests
import urllib3

from dcsync.cloud import bodies
from dcsync.cloud.adapter import Adapter
from dcsync.cloud.bodies import Garbled, TooLarge
from dcsync.cloud.clock import Clock
from dcsync.cloud.incoming import Incoming
from dcsync.cloud.message import Message as Message
from dcsync.cloud.request import Answer
from dcsync.cloud.route import Route as Route
from dcsync.cloud.sessions import Own, Sender, Users
from dcsync.cloud.troubles import lost, trouble
from dcsync.errors import AnswerInvalid

CONNECT_TIMEOUT_S = 10.0
STREAMS = 64
"""Streams at once in one process whose connections are kept track of."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of one call, for those who want to follow: nothing in it is secret.

    `status` is 0 where no answer came; `size` is that of the answer's body in bytes.
    """

    name: str
    status: int
    seconds: float
    size: int = 0


OnCall = Callable[[Exchange], None]


def follow_nothing(exchange: Exchange) -> None:
    """The follower of those who do not follow."""


class Transport:
    """Kept connections, shared by threads; streams have connections of their own.

    With a `session` of the user's everything goes through that, and it alone knows the route.
    """

    def __init__(
        self,
        *,
        connections: int,
        timeout_s: float,
        route: Route,
        clock: Clock | None = None,
        on_call: OnCall = follow_nothing,
        session: requests.Session | None = None,
    ) -> None:
        self._on_call = on_call
        self._timeout_s = timeout_s
        self._clock = clock or Clock()

        def own(connections: int, *, is_stream: bool) -> Sender:
            adapter = Adapter(
                connections,
                block=not is_stream,
                endless=is_stream,
                now_s=self._clock.now_s,
                ca_bundle=route.ca_bundle,
            )
            return Own(adapter, route)

        users = Users(session) if session is not None else None
        self._calls = users or own(connections, is_stream=False)
        self._streams = users or own(STREAMS, is_stream=True)

    def send(self, message: Message, most: int | None = None) -> Answer:
        """The whole answer, whatever its status, of `most` bytes.

        ConnectionFailed where the request certainly did not reach the server, AnswerLost where it
        may have.
        """
        began_s = self._clock.now_s()
        status = size = 0
        try:
            answer = self._whole_answer(message, most or bodies.LARGEST_BODY)
            status, size = answer.status, len(answer.body)
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s, size))
        return answer

    def _whole_answer(self, message: Message, most: int) -> Answer:
        response = self._open(self._calls, message, self._timeout_s)
        try:
            return Answer(response.status, response.headers, self._read(message, response, most))
        except (urllib3.exceptions.HTTPError, OSError, Garbled) as error:
            caught = lost(message, error)
        finally:
            response.close()
        raise caught

    def open(self, message: Message, silence_s: float) -> Incoming:
        """A response whose body is still to come; a silence of `silence_s` breaks it."""
        began_s = self._clock.now_s()
        status = 0
        try:
            response = self._open(self._streams, message, silence_s)
            status = response.status
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s))
        return response

    def finish(self, message: Message, response: Incoming) -> Answer:
        """The answer in a response that turned out not to be a stream."""
        try:
            body = self._read(message, response, bodies.LARGEST_BODY)
        except (urllib3.exceptions.HTTPError, OSError, Garbled, AnswerInvalid):
            body = b""
        finally:
            response.close()
        return Answer(response.status, response.headers, body)

    def close(self) -> None:
        """Let the kept connections go."""
        self._calls.close()
        self._streams.close()

    def _open(self, sender: Sender, message: Message, read_s: float) -> Incoming:
        connect_s = min(self._timeout_s, CONNECT_TIMEOUT_S)
        try:
            return Incoming(sender.send(message, connect_s, read_s))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            caught = trouble(message, error)
        # Raised out here, the error has no context: that would hold the socket, and the headers.
        raise caught

    def _read(self, message: Message, response: Incoming, most: int) -> bytes:
        pieces, encoding = response.body()
        try:
            return bodies.unpacked(self._in_time(pieces), encoding, most)
        except TooLarge:
            text = f"{message.name}: the response is larger than {most} bytes"
            raise AnswerInvalid(text) from None

    def _in_time(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The body as it was sent: a server that drips may not go on for ever."""
        deadline_s = self._clock.now_s() + self._timeout_s
        for piece in pieces:
            yield piece
            if self._clock.now_s() > deadline_s:
                raise TimeoutError(f"no whole response in {self._timeout_s:g} s")
