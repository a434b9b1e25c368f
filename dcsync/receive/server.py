"""The HTTP shell around an endpoint: sockets and framing, no decisions about events."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from dcsync.errors import DcsyncError
from dcsync.receive.endpoint import Answer, Endpoint
from dcsync.serving.framing import Head, Incoming, Limits, Refusal
from dcsync.serving.listener import Connection, Listener

LIMITS = Limits(body_bytes=1 << 20)
MOST_CONNECTIONS = 128
_READ_S = 10.0
"""How long a sender may take to read its answer."""

Tell = Callable[[Answer], None]


class _Server:
    """Answers POSTs with what the endpoint says of them."""

    def __init__(self, endpoint: Endpoint, port: int, tell: Tell, limits: Limits) -> None:
        self._endpoint = endpoint
        self._tell = tell
        self._limits = limits
        self.listener = Listener(self._converse, port, most=MOST_CONNECTIONS, name="receive")

    def _converse(self, connection: Connection) -> None:
        incoming = Incoming(connection.receive, self._limits)
        while not self.listener.stopping.is_set():
            connection.is_waiting = True
            try:
                head = incoming.head()
                body = None if head is None else _body(incoming, head, connection)
            except Refusal as refusal:
                answer = Answer(refusal.status, refusal.reason)
                self._send(connection, answer, keep=False)
                connection.finish()
                return
            connection.is_waiting = False
            if head is None or body is None:
                return
            answer = self._endpoint.receive(head.headers, body)
            if not self._send(connection, answer, keep=head.keeps):
                return

    def _send(self, connection: Connection, answer: Answer, *, keep: bool) -> bool:
        """Whether the connection may be used again."""
        # Told only after the answer is out: who waits for it may end this process.
        with suppress(OSError):
            connection.send(_response(answer, keep=keep), _READ_S)
        self._tell(answer)
        return keep


def _body(incoming: Incoming, head: Head, connection: Connection) -> bytes:
    if head.method != "POST":
        raise Refusal(405, "only POST is taken")
    if head.is_chunked or not head.all("content-length"):
        raise Refusal(411, "a Content-Length is needed")
    return incoming.body(head, connection.invite)


def _response(answer: Answer, *, keep: bool) -> bytes:
    body = f"{answer.reason}\n".encode()
    allowed = "Allow: POST\r\n" if answer.status == 405 else ""
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{allowed}"
        f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode("ascii") + body


@contextmanager
def serving(endpoint: Endpoint, port: int, tell: Tell, limits: Limits = LIMITS) -> Iterator[str]:
    """Serve on loopback while the block runs; yields the URL.

    Port 0 takes a free one; DcsyncError where the port is not to be had. `tell` gets every
    answer, from several threads, after it was sent.
    """
    try:
        server = _Server(endpoint, port, tell, limits)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise DcsyncError(f"cannot listen on port {port}: {reason}") from None
    server.listener.start()
    try:
        yield f"http://127.0.0.1:{server.listener.address[1]}/"
    finally:
        server.listener.stop()
