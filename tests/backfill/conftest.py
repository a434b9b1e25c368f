"""A receiver that decides how each delivery is answered, and may act on it first."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Answer = Callable[[int], int]
"""The status for the delivery of this number, from 1."""


@dataclass
class Receiver:
    """Keeps the bodies that it answers with 200. A status of 0 breaks the connection off."""

    url: str = ""
    answer: Answer = lambda _: 200
    retry_after: str = ""
    attempts: int = 0
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def event_ids(self) -> list[str]:
        return [body["event"]["eventId"] for body in self.bodies]

    @property
    def by_device(self) -> dict[str, list[str]]:
        """The eventIds of each device in their order, repeats left out."""
        found: dict[str, dict[str, None]] = {}
        for body in self.bodies:
            found.setdefault(body["metadata"]["deviceId"], {})[body["event"]["eventId"]] = None
        return {device_id: list(ids) for device_id, ids in found.items()}


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver, lock = Receiver(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                receiver.attempts += 1
                status = receiver.answer(receiver.attempts)
                if status in (0, 200):  # 0: taken, and the response is lost
                    receiver.bodies.append(json.loads(body))
                    receiver.headers.append(dict(self.headers.items()))
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if receiver.retry_after and status != 200:
                self.send_header("Retry-After", receiver.retry_after)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *args: object) -> None:
            """A sender that was killed is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/dt"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
