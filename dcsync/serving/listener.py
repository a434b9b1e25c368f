"""Listens on loopback and gives each connection a thread; a bounded number of both."""

from __future__ import annotations

import contextlib
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
    """One accepted connection; it is waiting whenever it waits for a request to come in whole."""

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
        """All of it; TimeoutError where nobody reads it in time."""
        self.sock.settimeout(timeout_s)
        try:
            self.sock.sendall(data)
        finally:
            self.sock.settimeout(None)

    def invite(self) -> None:
        """Tell a sender that waits for it to go on with the body."""
        self.send(b"HTTP/1.1 100 Continue\r\n\r\n", _LINGER_S)

    def finish(self) -> None:
        """Say goodbye so that the last answer is read: closing on unread bytes would reset it."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
            end_s = time.monotonic() + _LINGER_S
            while (left_s := end_s - time.monotonic()) > 0 and self.receive(left_s):
                pass

    def abort(self) -> None:
        """Wake up the thread that waits for it; for any thread."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


Converse = Callable[[Connection], None]


class Listener:
    """Listens on 127.0.0.1 from `__init__` on; serves from `start` until `stop`.

    With `most` connections open, a new one takes the place of the oldest that waits for a request,
    so that silent ones cannot keep others out; where none waits it is closed at once.
    """

    def __init__(self, converse: Converse, port: int, *, most: int, name: str) -> None:
        self._converse = converse
        self._most = most
        self._listener = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
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
        """Close every connection and end every thread, at once."""
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
        except OSError:  # gone again, or this process has no file descriptor left
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
                self._converse(connection)
        finally:
            with self._lock:
                self._connections.pop(connection, None)
