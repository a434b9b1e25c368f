"""The HTTP shell around an endpoint: sockets and framing, no decisions about events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dcsync.errors import CommandLineError
from dcsync.receive.endpoint import Answer, Endpoint

LARGEST_BODY = 1 << 20
IDLE_S = 60.0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int, endpoint: Endpoint, tell: Callable[[Answer], None]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.endpoint = endpoint
        self.tell = tell

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that hangs up is no event of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    server: _Server

    def do_POST(self) -> None:
        body = self._body()
        if isinstance(body, Answer):
            self.close_connection = True
            self._send(body)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.endpoint.receive(headers, body)
        # Told only after the answer is out: who waits for it may end this process.
        with suppress(OSError):
            self._send(answer)
        self.server.tell(answer)

    def _body(self) -> bytes | Answer:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return Answer(411, "a Content-Length is needed")
        if int(length) > LARGEST_BODY:
            return Answer(413, f"more than {LARGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def _send(self, answer: Answer) -> None:
        body = f"{answer.reason}\n".encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: commands print."""


@contextmanager
def serving(endpoint: Endpoint, port: int, tell: Callable[[Answer], None]) -> Iterator[str]:
    """Serve on loopback while the block runs; yields the URL.

    Port 0 takes a free one; CommandLineError where the port is not to be had. `tell` gets every
    answer, from several threads, after it was sent.
    """
    try:
        listening = _Server(port, endpoint, tell)
    except OSError as error:
        raise CommandLineError(f"cannot listen on port {port}: {error.strerror}") from None
    with listening as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
