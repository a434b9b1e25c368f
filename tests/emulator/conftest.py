"""Callers and receivers around an emulator on a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from dcsync import emulator

PROJECT = "c0md3pm0p7bet3vico8g"


@dataclass
class Api:
    """Calls the emulator by Basic auth, over one connection."""

    cloud: emulator.Emulator
    account: emulator.ServiceAccount
    session: requests.Session = field(default_factory=requests.Session)

    def call(self, method: str, path: str, body: object = None, **query: Any) -> requests.Response:
        """One call below the API's base, or to a whole URL."""
        url = path if path.startswith("http") else self.cloud.api_url + path
        auth = (self.account.key_id, self.account.secret)
        data = body if isinstance(body, str | bytes) or body is None else json.dumps(body)
        return self.session.request(method, url, auth=auth, data=data, params=query, timeout=10)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.call("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object = None) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stream(self, project_id: str, accept: str = "*/*", **query: Any) -> requests.Response:
        """An open stream; whoever calls closes it."""
        return self.session.get(
            f"{self.cloud.api_url}/projects/{project_id}/devices:stream",
            auth=(self.account.key_id, self.account.secret),
            params=query,
            headers={"Accept": accept},
            stream=True,
            timeout=10,
        )


@dataclass
class Endpoint:
    """A receiver of deliveries; answers each with the next of `statuses`, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.received]

    @property
    def event_ids(self) -> list[str]:
        return [body["event"]["eventId"] for body in self.bodies]


@contextmanager
def listening() -> Iterator[Endpoint]:
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.paths.append(self.path)
            endpoint.received.append((dict(self.headers.items()), body))
            self.send_response(endpoint.statuses.pop(0) if endpoint.statuses else 200)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "/elsewhere")
            self.send_header("Retry-After", "7")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # many workers come at once

    server = Server(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/dt"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def clock() -> emulator.ManualClock:
    return emulator.ManualClock()


@pytest.fixture
def project(cloud: emulator.Emulator) -> str:
    return cloud.add_project("Head office", PROJECT)


@pytest.fixture
def api(cloud: emulator.Emulator) -> Iterator[Api]:
    """The cloud's first account, an organization admin."""
    caller = Api(cloud, cloud.account)
    with caller.session:
        yield caller


@pytest.fixture
def connect(cloud: emulator.Emulator) -> Iterator[Callable[[emulator.ServiceAccount], Api]]:
    """A caller as another account."""
    callers: list[Api] = []

    def make(account: emulator.ServiceAccount) -> Api:
        callers.append(Api(cloud, account))
        return callers[-1]

    yield make
    for caller in callers:
        caller.session.close()


@pytest.fixture
def ended() -> Callable[[], bool]:
    """Tells whether every thread that was started since the test began ends within a second."""
    before = set(threading.enumerate())

    def check() -> bool:
        for thread in set(threading.enumerate()) - before:
            thread.join(1)
        return set(threading.enumerate()) <= before

    return check
