"""Listens on loopback and serves each connection in a thread, up to a number of connections."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable

_BACKLOG = 1024
_PIECE = 65_536
_LINGER_S = 1.0
_PAUSE_S = 0.01


class Connection:
    """An accepted connection; `is_waiting` until a whole request has arrived."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.is_waiting = True

    def receive(self, timeout_s: float) -> bytes:
        """Some bytes, b"" at the end; TimeoutError."""
        self.sock.settimeout(timeout_s)
        try:
            return self.sock.recv(_PIECE)
        finally:
            self.sock.settimeout(None)

    def send(self, data: bytes, timeout_s: float | None = None) -> None:
        """Send all of it; TimeoutError if the client does not read it in time."""
        self.sock.settimeout(timeout_s)
        try:
            self.sock.sendall(data)
        finally:
            self.sock.settimeout(None)

    def invite(self) -> None:
        """Send `100 Continue`, so that the client sends the body."""
        self.send(b"HTTP/1.1 100 Continue\r\n\r\n", _LINGER_S)

    def finish(self) -> None:
        """Close so that the client can read the last response: unread bytes would cause a reset."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
            end_s = time.monotonic() + _LINGER_S
            while (left_s := end_s - time.monotonic()) > 0 and self.receive(left_s):
                pass

    def abort(self) -> None:
        """Wake the thread that serves the connection; callable from any thread."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


HandleConnection = Callable[[Connection], None]


def _listening(port: int) -> socket.socket:
    """OSError with the plain reason; Python's repeats the address."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise OSError(error.errno, f"cannot listen on port {port}: {reason}") from None


class Listener:
    """Listens on 127.0.0.1 once constructed; serves from `start` until `stop`.

    At `most` connections, a new one replaces the oldest that waits for a request, so that idle ones
    cannot keep others out; if none waits, the new one is closed.
    """

    def __init__(self, handle: HandleConnection, port: int, *, most: int, name: str) -> None:
        self._handle = handle
        self._most = most
        self._listener = _listening(port)
        self._listener.setblocking(False)
        self._waker, self._wake = socket.socketpair()
        self._connections: dict[Connection, threading.Thread] = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._accepting = threading.Thread(target=self._accept, name=name, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._listener.getsockname()
        return str(host), int(port)

    def start(self) -> None:
        self._accepting.start()

    def stop(self) -> None:
        """Close every connection and stop every thread now."""
        self.stopping.set()
        self._wake.send(b"x")
        if self._accepting.is_alive():
            self._accepting.join()
        self._listener.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            connection.abort()
        end_s = time.monotonic() + _LINGER_S
        for thread in connections.values():
            thread.join(max(0.0, end_s - time.monotonic()))
        self._waker.close()
        self._wake.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._waker, selectors.EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                if not self.stopping.is_set():
                    self._take_one()

    def _take_one(self) -> None:
        try:
            connection = Connection(self._listener.accept()[0])
        except OSError:  # closed already, or no file descriptor is left
            with self._lock:
                self._make_room()
            self.stopping.wait(_PAUSE_S)
        else:
            self._serve(connection)

    def _serve(self, connection: Connection) -> None:
        thread = threading.Thread(target=self._run, args=(connection,), daemon=True)
        with self._lock:
            if len(self._connections) >= self._most and not self._make_room():
                connection.sock.close()
                return
            self._connections[connection] = thread
        thread.start()

    def _make_room(self) -> bool:
        waiting = next((each for each in self._connections if each.is_waiting), None)
        if waiting is None:
            return False
        del self._connections[waiting]
        waiting.abort()
        return True

    def _run(self, connection: Connection) -> None:
        try:
            with contextlib.suppress(OSError), connection.sock:
                self._handle(connection)
        finally:
            with self._lock:
                self._connections.pop(connection, None)
