"""Endpoints that accept pushes, on real TLS sockets on this machine."""

from __future__ import annotations

import ssl
import tempfile
import threading
from http import HTTPStatus
from pathlib import Path

from dcsync.emulator.certificates import Authority, Certificate
from dcsync.serving.framing import Limits, Refusal, RequestReader
from dcsync.serving.listener import Connection, Listener

_HANDSHAKE_S = 5.0
_MOST_CONNECTIONS = 64


class EndpointServer:
    """Listens once constructed; responds to every request with one status."""

    def __init__(self, context: ssl.SSLContext, status: int, ca_file: str) -> None:
        self.ca_file = ca_file
        self._context = context
        self._status = HTTPStatus(status)
        self._listener = Listener(self._converse, 0, most=_MOST_CONNECTIONS, name="endpoint")
        self.url = f"https://localhost:{self._listener.address[1]}/dt"
        self.stop = self._listener.stop
        self.received: list[tuple[dict[str, str], bytes]] = []
        """Headers, names in lower case, and body of each request so far."""
        self._listener.start()

    def _converse(self, connection: Connection) -> None:
        connection.sock.settimeout(_HANDSHAKE_S)
        with self._context.wrap_socket(connection.sock, server_side=True) as secured:
            secured.settimeout(None)
            connection.sock = secured
            incoming = RequestReader(connection.receive, Limits())
            try:
                while (head := incoming.head()) is not None:
                    body = incoming.body(head, connection.invite)
                    self.received.append((dict(head.headers), body))
                    connection.send(self._response())
            except Refusal:
                return

    def _response(self) -> bytes:
        moved = f"Location: {self.url}/moved\r\n" if 300 <= self._status < 400 else ""
        line = f"HTTP/1.1 {self._status.value} {self._status.phrase}\r\n"
        return f"{line}{moved}Content-Length: 0\r\n\r\n".encode()


class Endpoints:
    """The endpoints of one emulator. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._authority: Authority | None = None
        self._running: list[EndpointServer] = []

    def add(self, certificate: Certificate = "valid", status: int = 200) -> EndpointServer:
        """A new endpoint; ValueError for an unknown HTTP status."""
        endpoint = EndpointServer(
            self.authority.context(certificate), status, str(self.authority.ca_file)
        )
        with self._lock:
            self._running.append(endpoint)
        return endpoint

    @property
    def authority(self) -> Authority:
        """The CA that issues the valid certificates."""
        with self._lock:
            if self._authority is None:
                self._folder = tempfile.TemporaryDirectory(prefix="dcsync-emulator-")
                self._authority = Authority(Path(self._folder.name))
            return self._authority

    def stop(self) -> None:
        """Stop all endpoints and remove their certificates."""
        with self._lock:
            for each in self._running:
                each.stop()
            if self._folder is not None:
                self._folder.cleanup()
