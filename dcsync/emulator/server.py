"""The HTTP server: sends the responses of `handle`, or breaks them as a fault demands.

Loopback only. Knows nothing of the API.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from http import HTTPStatus

from dcsync.emulator.wire import HttpRequest, HttpResponse, StreamCut, error_body, json_response
from dcsync.serving.framing import Head, Limits, Refusal, RequestReader
from dcsync.serving.listener import Connection, Listener

_LIMITS = Limits(idle_s=600.0, body_bytes=4_194_304)
_MOST_CONNECTIONS = 4096
_READ_S = 60.0
"""How long a client may take to read a response; does not apply to streams."""
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER for 0 s: closing sends a reset

HttpHandler = Callable[[HttpRequest], HttpResponse]


class Server:
    """Listens on 127.0.0.1 once constructed; serves from `start` until `stop`."""

    def __init__(self, handle: HttpHandler, port: int = 0, *, chunked: Callable[[], bool]) -> None:
        self._handle = handle
        self._chunked = chunked
        self._listener = Listener(self._serve, port, most=_MOST_CONNECTIONS, name="emulator")
        self.address = self._listener.address
        self.start = self._listener.start
        self.stop = self._listener.stop

    def _serve(self, connection: Connection) -> None:
        """Respond to the requests of one connection until either side closes it."""
        reader = RequestReader(connection.receive, _LIMITS)
        while not self._listener.stopping.is_set():
            connection.is_waiting = True
            try:
                request = _read(reader, connection)
            except Refusal as refusal:
                refused = error_body(refusal.status, refusal.reason)
                _send(connection, json_response(refused, refusal.status), keep=False)
                connection.finish()
                return
            connection.is_waiting = False
            if request is None or not self._exchange(connection, *request):
                return

    def _exchange(self, connection: Connection, request: HttpRequest, keep: bool) -> bool:
        """Respond to one request; whether the connection may be used again."""
        response = self._handle(request)
        if response.delay_s:
            self._listener.stopping.wait(response.delay_s)
        if response.dropped:
            return _reset(connection)
        if response.stream is not None:
            return self._send_stream(connection, response, response.stream)
        return _send(connection, response, keep=keep)

    def _send_stream(
        self, connection: Connection, response: HttpResponse, stream: Iterator[list[bytes]]
    ) -> bool:
        chunked = self._chunked()
        framing = {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
        try:
            connection.send(_head(response, framing))
            for batch in stream:
                if self._listener.stopping.is_set() or (not batch and _is_gone(connection)):
                    return False
                data = b"".join(batch)
                if data:
                    connection.send(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
            if chunked:
                connection.send(b"0\r\n\r\n")
        except StreamCut:
            return _reset(connection)
        finally:
            getattr(stream, "close", lambda: None)()
        return chunked


def _read(reader: RequestReader, connection: Connection) -> tuple[HttpRequest, bool] | None:
    """The next request, and whether its connection is kept; None if the client is done."""
    head = reader.head()
    if head is None:
        return None
    body = reader.body(head, connection.invite)
    return HttpRequest.parse(head.method, head.target, _headers(head), body), head.keeps


def _headers(head: Head) -> dict[str, str]:
    """By name; repeated headers are joined as in RFC 9110."""
    headers: dict[str, str] = {}
    for name, value in head.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _head(response: HttpResponse, framing: dict[str, str]) -> bytes:
    phrase = HTTPStatus(response.status).phrase if response.status in _KNOWN else "Status"
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in {**response.headers, **framing}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


_KNOWN = {int(status) for status in HTTPStatus}


def _send(connection: Connection, response: HttpResponse, *, keep: bool) -> bool:
    """Send head and body at once, so that the response is one packet."""
    framing = {} if response.status in {204, 304} else {"Content-Length": str(len(response.body))}
    if not keep:
        framing["Connection"] = "close"
    if response.truncate_at is None:
        connection.send(_head(response, framing) + response.body, _READ_S)
        return keep
    connection.send(_head(response, framing) + response.body[: response.truncate_at], _READ_S)
    return False


def _reset(connection: Connection) -> bool:
    """Break the connection with a reset."""
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return False


def _is_gone(connection: Connection) -> bool:
    """Whether the client has closed the connection, without waiting."""
    try:
        return connection.sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
