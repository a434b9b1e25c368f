"""Bytes over sockets: one attempt of one call, and what went wrong with it.

The only file that talks through urllib3. Follows no redirect, keeps no cookie, reads no
environment: proxies and trust are decided once, before the first call.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

import certifi
import urllib3
from urllib3.util.ssl_ import create_urllib3_context

from dcsync.cloud import bodies
from dcsync.cloud.bodies import Garbled, TooLarge
from dcsync.cloud.clock import Clock
from dcsync.cloud.deadline import pool_classes
from dcsync.cloud.request import Answer
from dcsync.errors import (
    AnswerInvalid,
    AnswerLost,
    CloudError,
    ConfigurationError,
    ConnectionFailed,
    ReadTimeout,
)

CONNECT_TIMEOUT_S = 10.0
STREAMS = 64
"""Streams at once in one process whose connections are kept track of."""
PIECE = 65536
TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class Route:
    """How the servers are reached: proxies by URL scheme, the CA bundle (None: certifi's)."""

    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP request, complete; `name` says in errors which call it is."""

    name: str
    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of one call, for those who want to follow: nothing in it is secret.

    `status` is 0 where no answer came; `size` is that of the answer's body in bytes.
    """

    name: str
    status: int
    seconds: float
    size: int = 0


OnCall = Callable[[Exchange], None]


def follow_nothing(exchange: Exchange) -> None:
    """The follower of those who do not follow."""


class _Pools:
    """Kept connections to any servers, directly and through proxies, with one SSL context."""

    def __init__(
        self,
        context: Callable[[], ssl.SSLContext],
        classes: Mapping[str, type[urllib3.HTTPConnectionPool]],
        *,
        connections: int,
        block: bool,
    ) -> None:
        self._classes = classes
        self._context = context
        self._options: dict[str, Any] = {"num_pools": 4, "maxsize": connections, "block": block}
        self._lock = threading.Lock()
        self._managers: dict[tuple[str, str], urllib3.PoolManager] = {}

    def manager(self, scheme: str, proxy: str) -> urllib3.PoolManager:
        """For URLs of this scheme; `proxy` is "" where there is none."""
        with self._lock:
            manager = self._managers.get((scheme, proxy))
            if manager is None:
                options = dict(self._options)
                if scheme == "https" or proxy.startswith("https:"):  # loading a bundle takes 30 ms
                    options["ssl_context"] = self._context()
                manager = _through(proxy, options) if proxy else urllib3.PoolManager(**options)
                manager.pool_classes_by_scheme = dict(self._classes)
                self._managers[scheme, proxy] = manager
            return manager

    def close(self) -> None:
        """Close what is kept now; by itself urllib3 leaves that to the garbage collector."""
        with self._lock:
            managers = list(self._managers.values())
        for manager in managers:
            for key in manager.pools.keys():  # noqa: SIM118 - a container, but no dict
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
            manager.clear()


def _usable(proxy: str, scheme: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(proxy)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts.geturl()
    raise ConfigurationError(f"the proxy in {scheme}_proxy must look like http://host:port")


def _through(proxy: str, options: Mapping[str, Any]) -> urllib3.ProxyManager:
    parts = urlsplit(proxy)
    user = unquote(f"{parts.username}:{parts.password or ''}") if parts.username else None
    return urllib3.ProxyManager(
        proxy,
        proxy_headers=urllib3.make_headers(proxy_basic_auth=user),
        proxy_ssl_context=options.get("ssl_context"),
        **options,
    )


class Transport:
    """A pool of kept connections, shared by threads; streams have connections of their own."""

    def __init__(
        self,
        *,
        connections: int,
        timeout_s: float,
        route: Route,
        clock: Clock | None = None,
        on_call: OnCall = follow_nothing,
    ) -> None:
        self._on_call = on_call
        self._timeout_s = timeout_s
        self._route = route
        self._clock = clock or Clock()
        now_s = self._clock.now_s
        self._calls = _Pools(
            lambda: self._context,
            pool_classes(now_s, endless=False),
            connections=connections,
            block=True,
        )
        self._streams = _Pools(
            lambda: self._context,
            pool_classes(now_s, endless=True),
            connections=STREAMS,
            block=False,
        )

    def send(self, message: Message) -> Answer:
        """The whole answer, whatever its status.

        ConnectionFailed where the request certainly did not reach the server, AnswerLost where it
        may have.
        """
        began_s = self._clock.now_s()
        status = size = 0
        try:
            answer = self._whole_answer(message)
            status, size = answer.status, len(answer.body)
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s, size))
        return answer

    def _whole_answer(self, message: Message) -> Answer:
        response = self._open(self._calls, message, self._timeout_s)
        try:
            return Answer(response.status, lower(response.headers), self._read(message, response))
        except (urllib3.exceptions.HTTPError, OSError, Garbled) as error:
            trouble = _lost(message, error)
        finally:
            _let_go(response)
        raise trouble

    def open(self, message: Message, silence_s: float) -> urllib3.BaseHTTPResponse:
        """A response whose body is still to come; a silence of `silence_s` breaks it."""
        began_s = self._clock.now_s()
        status = 0
        try:
            response = self._open(self._streams, message, silence_s)
            status = response.status
        finally:
            self._on_call(Exchange(message.name, status, self._clock.now_s() - began_s))
        return response

    def finish(self, message: Message, response: urllib3.BaseHTTPResponse) -> Answer:
        """The answer in a response that turned out not to be a stream."""
        try:
            body = self._read(message, response)
        except (urllib3.exceptions.HTTPError, OSError, Garbled, AnswerInvalid):
            body = b""
        finally:
            _let_go(response)
        return Answer(response.status, lower(response.headers), body)

    def close(self) -> None:
        """Let the kept connections go."""
        self._calls.close()
        self._streams.close()

    def _open(self, pools: _Pools, message: Message, read_s: float) -> urllib3.BaseHTTPResponse:
        url = f"{message.url}?{urlencode(message.query)}" if message.query else message.url
        try:
            return pools.manager(urlsplit(url).scheme, self._proxy(url)).urlopen(
                message.method,
                url,
                body=message.data,
                headers=message.headers,
                timeout=urllib3.Timeout(
                    connect=min(self._timeout_s, CONNECT_TIMEOUT_S), read=read_s
                ),
                retries=False,
                redirect=False,
                preload_content=False,
            )
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            trouble = _trouble(message, error)
        # Raised out here, the error has no context: that would hold the socket, and the headers.
        raise trouble

    def _read(self, message: Message, response: urllib3.BaseHTTPResponse) -> bytes:
        encoding = response.headers.get("content-encoding", "")
        try:
            return bodies.unpacked(self._pieces(response), encoding)
        except TooLarge:
            text = f"{message.name}: the response is larger than {bodies.LARGEST_BODY} bytes"
            raise AnswerInvalid(text) from None

    def _pieces(self, response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
        """The body as it was sent: a server that drips may not go on for ever."""
        deadline_s = self._clock.now_s() + self._timeout_s
        while piece := response.read1(PIECE, decode_content=False):
            yield piece
            if self._clock.now_s() > deadline_s:
                raise TimeoutError(f"no whole response in {self._timeout_s:g} s")

    def _proxy(self, url: str) -> str:
        """The proxy on the way to a URL; "" for none."""
        parts = urlsplit(url)
        proxy = self._route.proxies.get(parts.scheme, "")
        if not proxy or proxy_bypass_environment(parts.netloc, {"no": self._route.no_proxy}):
            return ""
        return _usable(proxy if "://" in proxy else f"http://{proxy}", parts.scheme)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        context = create_urllib3_context()
        bundle = self._route.ca_bundle or certifi.where()
        is_folder = Path(bundle).is_dir()
        context.load_verify_locations(**{"capath" if is_folder else "cafile": bundle})
        return context


def _let_go(response: urllib3.BaseHTTPResponse) -> None:
    """Close what was not read to its end, and give the connection's place to the next call."""
    response.close()
    response.release_conn()


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with their names in lower case."""
    return {name.lower(): headers[name] for name in headers}


def _trouble(message: Message, error: Exception) -> CloudError:
    if _never_sent(error):
        return ConnectionFailed(
            f"{message.name}: cannot reach {_host(message.url)}: {_reason(error)}; check the"
            " network, the proxy and the URL"
        )
    return _lost(message, error)


def _lost(message: Message, error: Exception) -> AnswerLost:
    reason = _reason(error)
    kind = ReadTimeout if reason == TIMED_OUT else AnswerLost
    return kind(f"{message.name}: no whole response from {_host(message.url)}: {reason}")


def _never_sent(error: BaseException) -> bool:
    """Whether the connection was never there: refused, no such host, a certificate not trusted."""
    before_sending = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        urllib3.exceptions.ProxyError,
        urllib3.exceptions.LocationValueError,
        ssl.SSLCertVerificationError,
    )
    return any(isinstance(cause, before_sending) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """An error and everything it wraps: urllib3 nests sockets' in its own."""
    found: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting:
        cause = waiting.pop()
        if any(cause is known for known in found):
            continue
        found.append(cause)
        inner = (*cause.args, cause.__cause__, getattr(cause, "reason", None))
        waiting += [each for each in inner if isinstance(each, BaseException)]
    return found


def _reason(error: BaseException) -> str:
    """The deepest cause in its own words, which never hold a URL or a header."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, TimeoutError):
            return cause.strerror
    if any(isinstance(cause, (TimeoutError, urllib3.exceptions.TimeoutError)) for cause in causes):
        return TIMED_OUT
    return "the connection broke"


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
