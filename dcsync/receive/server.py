"""The HTTP server around an endpoint: sockets and framing, no decisions about events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from dcsync.errors import DcsyncError
from dcsync.receive.endpoint import Endpoint, PushResponse
from dcsync.serving.framing import Head, Limits, Refusal, RequestReader
from dcsync.serving.listener import Connection, Listener

LIMITS = Limits(body_bytes=1 << 20)
MOST_CONNECTIONS = 128
_READ_S = 10.0
"""How long a sender may take to read the response."""

OnResponse = Callable[[PushResponse], None]


class _PushServer:
    """Responds to POST requests as the endpoint decides."""

    def __init__(
        self, endpoint: Endpoint, port: int, on_response: OnResponse, limits: Limits
    ) -> None:
        self._endpoint = endpoint
        self._on_response = on_response
        self._limits = limits
        self.listener = Listener(self._handle, port, most=MOST_CONNECTIONS, name="receive")

    def _handle(self, connection: Connection) -> None:
        reader = RequestReader(connection.receive, self._limits)
        while not self.listener.stopping.is_set():
            connection.is_waiting = True
            try:
                head = reader.head()
                body = None if head is None else _body(reader, head, connection)
            except Refusal as refusal:
                response = PushResponse(refusal.status, refusal.reason)
                self._send(connection, response, keep=False)
                connection.finish()
                return
            connection.is_waiting = False
            if head is None or body is None:
                return
            response = self._endpoint.receive(head.headers, body)
            if not self._send(connection, response, keep=head.keeps):
                return

    def _send(self, connection: Connection, response: PushResponse, *, keep: bool) -> bool:
        """Whether the connection may be used again."""
        # Reported only once the response is sent: the listener may end this process.
        with suppress(OSError):
            connection.send(_response(response, keep=keep), _READ_S)
        self._on_response(response)
        return keep


def _body(reader: RequestReader, head: Head, connection: Connection) -> bytes:
    if head.method != "POST":
        raise Refusal(405, "only POST is allowed")
    if head.is_chunked or not head.all("content-length"):
        raise Refusal(411, "Content-Length is required")
    return reader.body(head, connection.invite)


def _response(response: PushResponse, *, keep: bool) -> bytes:
    body = f"{response.reason}\n".encode()
    allowed = "Allow: POST\r\n" if response.status == 405 else ""
    head = (
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{allowed}"
        f"Connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    return head.encode("ascii") + body


@contextmanager
def serving(
    endpoint: Endpoint, port: int, on_response: OnResponse, limits: Limits = LIMITS
) -> Iterator[str]:
    """Serve on loopback while the block runs; yields the URL.

    Port 0 picks a free one; DcsyncError if the port is not available. `on_response` is called
    with every response after it was sent, from several threads.
    """
    try:
        server = _PushServer(endpoint, port, on_response, limits)
    except OSError as error:
        raise DcsyncError(str(error.strerror)) from None
    server.listener.start()
    try:
        yield f"http://127.0.0.1:{server.listener.address[1]}/"
    finally:
        server.listener.stop()
