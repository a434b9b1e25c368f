"""One delivery over the network: a POST to a connector's endpoint, and its result."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

from dcsync.dataclass import dataclass, field, replace
from dcsync.emulator.switches import Switches
from dcsync.loopback import is_loopback

if TYPE_CHECKING:
    import http.client
    import ssl

_MOST_RESPONSE = 65_536
_MOVED = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A request to send."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PushResult:
    """The result of a push: the endpoint's status, 0 without a response, and the reason."""

    status: int
    latency_s: float
    problem: str = ""
    retry_after_s: float = 0.0
    """Requested by the endpoint, in seconds; 0 if it did not."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Pusher:
    """Sends pushes and keeps the connection to an endpoint. For a single thread."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._place: tuple[str, str] | None = None
        self._connection: http.client.HTTPConnection | None = None
        self._aborted = False

    def push(self, push: PushRequest) -> PushResult:
        """Hosts that are not loopback are not called unless the switches allow it."""
        import http.client

        began = time.perf_counter()
        try:
            response = self._post(push)
            if response.status in _MOVED and self._switches.follow_redirects:
                url = urljoin(push.url, response.getheader("Location", ""))
                response = self._post(replace(push, url=url))
        except _NotCalled:
            return PushResult(0, 0.0, "not called: the endpoint is not on this machine")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            # Only the class: a message could quote a header's value.
            return PushResult(0, time.perf_counter() - began, type(error).__name__)
        problem = "" if 200 <= response.status < 300 else "refused"
        wait = response.getheader("Retry-After", "")
        wait_s = float(wait) if wait.isdecimal() else 0.0
        return PushResult(response.status, time.perf_counter() - began, problem, wait_s)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def abort(self) -> None:
        """Abort a push in another thread."""
        self._aborted = True  # first: a connection being opened checks this
        sock = self._connection and self._connection.sock
        if sock:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _post(self, push: PushRequest) -> http.client.HTTPResponse:
        import http.client

        parts = urlsplit(push.url)
        if not self._switches.deliver_outside and not is_loopback(parts.hostname):
            raise _NotCalled
        kept = self._place == (parts.scheme, parts.netloc) and self._is_open()
        connection = self._connect(parts.scheme, parts.netloc)
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        try:
            connection.request("POST", target, push.body, dict(push.headers))
            response = connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            if not kept:
                raise
            self.close()  # the endpoint had closed the kept connection
            return self._post(push)
        if len(response.read(_MOST_RESPONSE)) == _MOST_RESPONSE or response.will_close:
            self.close()
        return response

    def _is_open(self) -> bool:
        return self._connection is not None and self._connection.sock is not None

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        import http.client

        if self._connection is None or self._place != (scheme, netloc):
            self.close()
            self._place = (scheme, netloc)
            host, timeout_s = netloc.rpartition("@")[2], self._switches.delivery_timeout_s
            if scheme == "https":
                self._connection = http.client.HTTPSConnection(
                    host, timeout=timeout_s, context=self._trust()
                )
            else:
                self._connection = http.client.HTTPConnection(host, timeout=timeout_s)
        if self._connection.sock is None:
            self._connection.connect()
        if self._aborted:
            raise ConnectionAbortedError
        return self._connection

    def _trust(self) -> ssl.SSLContext:
        import ssl

        return ssl.create_default_context(cafile=self._switches.delivery_ca_file)


class _NotCalled(Exception):
    """The endpoint is not on loopback."""
