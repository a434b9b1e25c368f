"""A small HTTP server that answers from a script and remembers what it was asked.

For what the emulator must not know: malformed answers, and the comparison on the wire.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes
    headers: Mapping[str, str]
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Say:
    """One answer: status, headers and body; `drop` closes the connection instead.

    A body that is an iterator is sent as it comes, chunked, and then the connection ends.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    raw: bytes | None = None

    @property
    def bytes(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else json.dumps(self.body).encode()


Answer = Say | Callable[[Asked], Say]

TOKEN = Say(body={"access_token": "token-1", "token_type": "Bearer", "expires_in": 3600})


class ScriptedServer:
    """Answers `/token` with tokens and everything else with `script`, then with `otherwise`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: list[Answer] = []
        self.otherwise: Answer = Say(404, {"error": "not scripted", "code": 404})
        self.token: Answer = TOKEN
        self.connections = 0
        self._lock = threading.Lock()
        self._http = _Http(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.002,), daemon=True)

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/v2"

    @property
    def token_url(self) -> str:
        return f"{self.url}/token"

    @property
    def calls(self) -> list[Asked]:
        """What was asked of the API, token requests left out."""
        return [asked for asked in self.asked if asked.path != "/token"]

    @property
    def tokens(self) -> list[Asked]:
        """The token requests."""
        return [asked for asked in self.asked if asked.path == "/token"]

    @property
    def environ(self) -> dict[str, str]:
        """Variables that point dcsync here."""
        return {
            "DCSYNC_API_URL": self.api_url,
            "DCSYNC_TOKEN_URL": self.token_url,
            "DCSYNC_EMULATOR_URL": f"{self.url}/emulator/v2",
            "DT_SERVICE_ACCOUNT_KEY_ID": "c16pegipidie7lltref0",
            "DT_SERVICE_ACCOUNT_SECRET": "0123456789abcdef0123456789abcdef",
            "DT_SERVICE_ACCOUNT_EMAIL": "c16p@c0md3pm0p7bet3vico8g.serviceaccount.d21s.com",
        }

    def say(self, *answers: Answer) -> None:
        """Answer the next calls like this, in this order."""
        self.script.extend(answers)

    def answer(self, asked: Asked) -> Say:
        with self._lock:
            self.asked.append(asked)
            if asked.path == "/token":
                chosen = self.token
            else:
                chosen = self.script.pop(0) if self.script else self.otherwise
        return chosen if isinstance(chosen, Say) else chosen(asked)

    def connected(self) -> int:
        with self._lock:
            self.connections += 1
            return self.connections

    def wrap(self, context: ssl.SSLContext) -> None:
        """Talk TLS; before the server runs."""
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )

    @contextmanager
    def running(self) -> Iterator[ScriptedServer]:
        self._thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._thread.join()
            self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, scripted: ScriptedServer) -> None:
        self.scripted = scripted
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell; anything else is a fault of the test."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Hands each request to the script and writes down what it says."""

    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.number = self.server.scripted.connected()
        super().setup()

    def handle_any(self) -> None:
        say = self.server.scripted.answer(self._asked())
        if say.drop:
            self.close_connection = True
            return
        self._head(say)
        if hasattr(say.body, "__next__"):
            self._stream(say.body)
        else:
            self.wfile.write(say.bytes)

    def _asked(self) -> Asked:
        parts = urlsplit(self.path)
        size = int(self.headers.get("Content-Length") or 0)
        return Asked(
            method=self.command,
            path=parts.path,
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            body=self.rfile.read(size),
            headers=dict(self.headers.items()),
            connection=self.number,
        )

    def _head(self, say: Say) -> None:
        self.send_response(say.status)
        for name, value in say.headers.items():
            self.send_header(name, value)
        if hasattr(say.body, "__next__"):
            self.send_header("Transfer-Encoding", "chunked")
        elif say.status != 204 and "Content-Length" not in say.headers:
            self.send_header("Content-Length", str(len(say.bytes)))
        self.end_headers()

    def _stream(self, pieces: Iterator[bytes]) -> None:
        try:
            for piece in pieces:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:  # the reader has gone: what streams are for
            pass
        except _Cut:
            self.close_connection = True
            return

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = handle_any  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the tests look at `asked`."""


class _Cut(Exception):
    """Raised by a streamed body to break the connection in the middle of it."""


def cut() -> None:
    """Break the streamed answer here, without its end."""
    raise _Cut
