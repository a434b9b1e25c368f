"""Posts bodies to one endpoint, thousands a second: directly, or through a proxy.

Directly, the head is made once and http.client reads the response: a third of the CPU that requests
takes for the same. Proxies are left to requests. Follows no redirect.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from http.client import HTTPException
from typing import Protocol
from urllib.parse import SplitResult, quote, urlsplit

import certifi

from dcsync.cloud.http.adapter import trust
from dcsync.cloud.http.deadline import NowS, TimedResponse
from dcsync.cloud.http.heads import HeaderError, header_lines
from dcsync.cloud.http.message import Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.transport import CONNECT_TIMEOUT_S, Transport
from dcsync.cloud.http.transport_errors import response_lost, unreachable
from dcsync.cloud.request import Response
from dcsync.dataclass import replace
from dcsync.errors import ConfigurationError

MOST_READ = 65_536
"""Bytes that are read of a response's body; who sends more gets a new connection."""
_AS_THEY_ARE = "/%:=&?~+!$,;'@()*[]|"
"""Characters of a path and a query that are sent as they were written."""


_FRAMING = frozenset({"content-length", "transfer-encoding"})


class Channel(Protocol):
    """A connection to one endpoint, shared by threads."""

    def post(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """One attempt, with these headers in addition to the constant ones. CloudError."""

    def close(self) -> None:
        """Close pooled connections."""


def channel_to(
    message: Message, network: NetworkSettings, *, connections: int, timeout_s: float, now_s: NowS
) -> Channel:
    """To the URL of a message, which has the headers that are the same each time.

    ConfigurationError for a URL or a header that cannot be sent.
    """
    try:
        if network.proxies_to(message.url):
            transport = Transport(connections=connections, timeout_s=timeout_s, network=network)
            return Proxied(message, transport)
        return Direct(message, network.ca_bundle, timeout_s=timeout_s, now_s=now_s)
    except HeaderError as error:
        raise ConfigurationError(f"{message.name}: cannot be sent: header {error}") from None
    except ValueError:  # its message repeats the URL
        raise ConfigurationError(f"{message.name}: cannot be sent: the URL is not valid") from None


class Proxied:
    """Through any kind of proxy that requests supports."""

    def __init__(self, message: Message, transport: Transport) -> None:
        self._message, self._transport = message, transport

    def post(self, body: bytes, headers: Mapping[str, str]) -> Response:
        whole = {**self._message.headers, **headers}
        return self._transport.send(replace(self._message, headers=whole, data=body))

    def close(self) -> None:
        self._transport.close()


class Direct:
    """Kept connections, as many as threads that post at the same time."""

    def __init__(
        self,
        message: Message,
        ca_bundle: str | None = None,
        *,
        timeout_s: float,
        now_s: NowS = time.monotonic,
    ) -> None:
        parts = urlsplit(message.url)
        is_tls = parts.scheme == "https"
        self._message, self._timeout_s, self._now_s = message, timeout_s, now_s
        self._address = _ascii(parts.hostname or ""), parts.port or (443 if is_tls else 80)
        self._trust = trust(ca_bundle or certifi.where()) if is_tls else None
        self._head = _head(parts, message)
        self._idle: list[socket.socket] = []
        self._is_closed = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """A kept connection that turns out to be closed costs no attempt: a new one is used at
        once. If the server has read the body nevertheless, it gets it twice."""
        head = self._head + header_lines({"Content-Length": str(len(body)), **headers})
        data = b"%b\r\n%b" % (head, body)
        kept = self._kept()
        if kept is not None:
            with suppress(ConnectionResetError, BrokenPipeError):
                return self._exchange(kept, data)
        connection = self._connected()
        try:
            return self._exchange(connection, data)
        except ConnectionError as error:
            caught = response_lost(self._message, error)
        raise caught

    def close(self) -> None:
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    def _exchange(self, connection: socket.socket, data: bytes) -> Response:
        """ConnectionError as it comes, ResponseLost for everything else."""
        is_reusable = False
        try:
            connection.settimeout(self._timeout_s)
            connection.sendall(data)
            response, is_reusable = self._response(connection)
        except ConnectionError:
            raise
        except (HTTPException, OSError, ValueError) as error:
            caught = response_lost(self._message, error)
        else:
            return response
        finally:
            if is_reusable and not self._is_closed:
                self._idle.append(connection)
            else:
                connection.close()
        raise caught

    def _kept(self) -> socket.socket | None:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread has it
                break
            if not _is_readable(connection):
                return connection
            connection.close()
        return None

    def _connected(self) -> socket.socket:
        """ConnectionFailed."""
        try:
            connection = socket.create_connection(
                self._address, min(self._timeout_s, CONNECT_TIMEOUT_S)
            )
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._trust is None:
                return connection
            return self._trust.wrap_socket(connection, server_hostname=self._address[0])
        except (OSError, ValueError) as error:
            caught = unreachable(self._message, error)
        raise caught

    def _response(self, connection: socket.socket) -> tuple[Response, bool]:
        """The response, and whether the connection can be used again."""
        response = TimedResponse(
            connection, now_s=self._now_s, timeout_s=self._timeout_s, method="POST"
        )
        with closing(response):
            response.begin()
            body = response.read(MOST_READ)
            is_whole = response.isclosed()
            has_length = response.chunked or response.length is not None
            if has_length and not is_whole and len(body) < MOST_READ:
                raise HTTPException("cut short")
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, headers, body), is_whole and not response.will_close


def _is_readable(connection: socket.socket) -> bool:
    """Whether something came that nobody asked for: mostly its end."""
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(0))


def _head(parts: SplitResult, message: Message) -> bytes:
    """The request's first line and its constant headers."""
    path = quote(parts.path or "/", _AS_THEY_ARE)
    query = f"?{quote(parts.query, _AS_THEY_ARE)}" if parts.query else ""
    given = {name.lower() for name in message.headers}
    usual = {"Host": _ascii(parts.netloc), "Accept-Encoding": "identity"}
    headers = {name: value for name, value in usual.items() if name.lower() not in given}
    own = {name: value for name, value in message.headers.items() if name.lower() not in _FRAMING}
    return f"POST {path}{query} HTTP/1.1\r\n".encode("ascii") + header_lines(headers | own)


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()
