"""The HTTP shell: sockets and HTTP/1.1 framing around `handle`, a thread a connection.

Loopback only. It knows nothing of the API.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import BinaryIO

from dcsync.emulator.wire import Request, Response, StreamCut

_BACKLOG = 1024
_MOST_BODY = 4_194_304
_MOST_LINE = 65_536
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER for 0 s: closing sends a reset

Handler = Callable[[Request], Response]


class Server:
    """Listens on 127.0.0.1 from `__init__` on; serves from `start` until `stop`."""

    def __init__(self, handle: Handler, port: int = 0, *, chunked: Callable[[], bool]) -> None:
        self._handle = handle
        self._chunked = chunked
        self._listener = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
        self._waker, self._wake = socket.socketpair()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._accepting = threading.Thread(target=self._accept, name="emulator", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()
        return str(host), int(port)

    def start(self) -> None:
        self._accepting.start()

    def stop(self) -> None:
        """Close every connection and end every thread, at once."""
        self._stopping.set()
        self._wake.send(b"x")
        if self._accepting.is_alive():
            self._accepting.join()
        self._listener.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join(1)
        self._waker.close()
        self._wake.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._waker, selectors.EVENT_READ)
            while not self._stopping.is_set():
                selector.select()
                if not self._stopping.is_set():
                    with contextlib.suppress(OSError):
                        self._serve(self._listener.accept()[0])

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=self._converse, args=(connection,), daemon=True)
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _converse(self, connection: socket.socket) -> None:
        """Answer the requests of one connection until either side ends it."""
        try:
            with (
                contextlib.suppress(OSError, _Malformed),
                connection,
                connection.makefile("rb") as incoming,
            ):
                while not self._stopping.is_set() and self._exchange(connection, incoming):
                    pass
        finally:
            with self._lock:
                self._connections.pop(connection, None)

    def _exchange(self, connection: socket.socket, incoming: BinaryIO) -> bool:
        """One request and its answer; whether the connection may be used again."""
        request = _read(incoming, connection)
        if request is None:
            return False
        response = self._handle(request)
        if response.delay_s:
            self._stopping.wait(response.delay_s)
        if response.dropped:
            return _reset(connection)
        if response.stream is not None:
            return self._send_stream(connection, response, response.stream)
        keep = request.headers.get("connection", "").lower() != "close"
        return _send(connection, response, keep=keep)

    def _send_stream(
        self, connection: socket.socket, response: Response, stream: Iterator[list[bytes]]
    ) -> bool:
        chunked = self._chunked()
        framing = {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
        try:
            connection.sendall(_head(response, framing))
            for batch in stream:
                if self._stopping.is_set() or (not batch and _is_gone(connection)):
                    return False
                data = b"".join(batch)
                if data:
                    connection.sendall(b"%x\r\n%s\r\n" % (len(data), data) if chunked else data)
            if chunked:
                connection.sendall(b"0\r\n\r\n")
        except StreamCut:
            return _reset(connection)
        finally:
            getattr(stream, "close", lambda: None)()
        return chunked


class _Malformed(Exception):
    """What came is no HTTP."""


def _read(incoming: BinaryIO, connection: socket.socket) -> Request | None:
    """The next request; None where the client is done."""
    first = incoming.readline(_MOST_LINE)
    if not first.strip():
        return None
    try:
        method, target, version = first.decode("latin-1").split()
    except ValueError:
        raise _Malformed from None
    if not version.startswith("HTTP/1."):
        raise _Malformed
    headers = _read_headers(incoming)
    if version == "HTTP/1.0":
        headers.setdefault("connection", "close")
    if headers.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Request.parse(method, target, headers, _read_body(incoming, headers))


def _read_headers(incoming: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := incoming.readline(_MOST_LINE)) not in {b"\r\n", b"\n"}:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise _Malformed
        headers[name.lower()] = value.strip()
    return headers


def _read_body(incoming: BinaryIO, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return b"".join(iter(lambda: _read_chunk(incoming), b""))
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _MOST_BODY:
        raise _Malformed
    return _exactly(incoming, int(length))


def _read_chunk(incoming: BinaryIO) -> bytes:
    try:
        size = int(incoming.readline(_MOST_LINE).split(b";")[0], 16)
    except ValueError:
        raise _Malformed from None
    if size > _MOST_BODY:
        raise _Malformed
    chunk = _exactly(incoming, size)
    incoming.readline(_MOST_LINE)
    return chunk


def _exactly(incoming: BinaryIO, length: int) -> bytes:
    body = incoming.read(length)
    if len(body) < length:
        raise _Malformed
    return body


def _head(response: Response, framing: dict[str, str]) -> bytes:
    phrase = HTTPStatus(response.status).phrase if response.status in _KNOWN else "Status"
    lines = [f"HTTP/1.1 {response.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in {**response.headers, **framing}.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


_KNOWN = {int(status) for status in HTTPStatus}


def _send(connection: socket.socket, response: Response, *, keep: bool) -> bool:
    """Head and body in one send, so that the answer is one packet."""
    framing = {} if response.status in {204, 304} else {"Content-Length": str(len(response.body))}
    if not keep:
        framing["Connection"] = "close"
    if response.truncate_at is None:
        connection.sendall(_head(response, framing) + response.body)
        return keep
    connection.sendall(_head(response, framing) + response.body[: response.truncate_at])
    return False


def _reset(connection: socket.socket) -> bool:
    """Break the connection off without a goodbye."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return False


def _is_gone(connection: socket.socket) -> bool:
    """Whether the client has closed, seen without waiting."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
