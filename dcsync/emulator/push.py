"""One delivery over the network: a POST to a connector's endpoint, and whether it was taken."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dcsync.emulator.connector_resource import is_loopback

if TYPE_CHECKING:
    import http.client
    import ssl

_MOST_ANSWER = 65_536


@dataclass(frozen=True, slots=True)
class Push:
    """A request to make."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: the endpoint's status, 0 where there was none, and why not."""

    status: int
    latency_s: float
    problem: str = ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Pusher:
    """Makes pushes to one endpoint after another, keeping the connection. For one thread."""

    def __init__(self, timeout_s: float, ca_file: str | None, *, outside: bool) -> None:
        self._timeout_s = timeout_s
        self._ca_file = ca_file
        self._outside = outside
        self._place: tuple[str, str] | None = None
        self._connection: http.client.HTTPConnection | None = None

    def push(self, push: Push) -> Outcome:
        """Redirects are not followed; hosts beyond this machine are not called unless allowed."""
        import http.client

        parts = urlsplit(push.url)
        if not self._outside and not is_loopback(parts.hostname):
            return Outcome(0, 0.0, "not called: the endpoint is not on this machine")
        began = time.perf_counter()
        try:
            status = self._post(parts.scheme, parts.netloc, push)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            # The kind only: a message could quote a header's value.
            return Outcome(0, time.perf_counter() - began, type(error).__name__)
        return Outcome(status, time.perf_counter() - began, "" if status < 300 else "refused")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, scheme: str, netloc: str, push: Push) -> int:
        import http.client

        kept = self._connection is not None and self._place == (scheme, netloc)
        connection = self._connect(scheme, netloc)
        target = push.url.split(netloc, 1)[1].split("#")[0] or "/"
        try:
            connection.request("POST", target, push.body, dict(push.headers))
            response = connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):
            if not kept:
                raise
            self.close()  # the endpoint had closed the connection that was kept
            return self._post(scheme, netloc, push)
        if len(response.read(_MOST_ANSWER)) == _MOST_ANSWER or response.will_close:
            self.close()
        return response.status

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        import http.client

        if self._connection is None or self._place != (scheme, netloc):
            self.close()
            self._place = (scheme, netloc)
            host = netloc.rpartition("@")[2]
            if scheme == "https":
                self._connection = http.client.HTTPSConnection(
                    host, timeout=self._timeout_s, context=self._trust()
                )
            else:
                self._connection = http.client.HTTPConnection(host, timeout=self._timeout_s)
        return self._connection

    def _trust(self) -> ssl.SSLContext:
        import ssl

        return ssl.create_default_context(cafile=self._ca_file)
