"""No response holds a run: whatever a server sends, a call ends in bounded time and memory."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import threading
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from dcsync import cloud, errors
from dcsync.cloud import paging, payloads
from dcsync.cloud.attempts import LONGEST_WAIT_S
from dcsync.cloud.clock import Clock
from dcsync.cloud.http import bodies
from dcsync.cloud.messages.error_responses import retry_after_s_of
from dcsync.cloud.request import Request
from tests.cloud.samples import PROJECT, page, resource
from tests.cloud.server import Say, ScriptedServer

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BASIC = {"DT_SERVICE_ACCOUNT_KEY_ID": "key", "DT_SERVICE_ACCOUNT_SECRET": "word"}


class Ticking:
    """A clock that moves with each look at it: who looks, comes to an end without real waiting."""

    def __init__(self, step_s: float = 0.5) -> None:
        self._times = itertools.count(0, step_s)

    @property
    def clock(self) -> Clock:
        return Clock(now_s=lambda: float(next(self._times)), sleep=lambda _: None)


class Endless:
    """Sends a beginning and then the same bytes, one write after another, until nobody reads."""

    def __init__(self, beginning: bytes, again: bytes) -> None:
        self._beginning, self._again = beginning, again
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Endless:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._stopped.is_set():
                connection, _ = self._listener.accept()
                threading.Thread(target=self._send, args=(connection,), daemon=True).start()

    def _send(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(self._beginning)
            while not self._stopped.is_set():
                connection.sendall(self._again)


DRIPS = {
    "status line": (b"HTTP/1.1 200 ", b"O"),
    "header": (OK + b"X: ", b"y"),
    "headers": (OK, b"X: y\r\n"),
    "100 continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 with headers": (b"", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
    "body": (OK + b"\r\n", b" "),
    "body with length": (OK + b"Content-Length: 99999999999\r\n\r\n", b" "),
    "chunks": (CHUNKED, b"1\r\n \r\n"),
    "chunk size": (CHUNKED, b"0"),
    "chunk extension": (CHUNKED + b"1;", b"x"),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n"),
    "zipped": (OK + b"Content-Encoding: gzip\r\n\r\n", b"\x00"),
}


def _list(client: cloud.Client) -> object:
    return cloud.Reader(client).list_data_connectors(PROJECT)


def _open(client: cloud.Client) -> object:
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        return list(stream)


@pytest.mark.parametrize(
    ("call", "drip"),
    [(_list, drip) for drip in DRIPS] + [(_open, drip) for drip in DRIPS if drip != "trailers"],
)
def test_a_response_that_never_ends_is_given_up(
    call: Callable[[cloud.Client], object], drip: str
) -> None:
    """The deadline includes the head, 1xx responses, chunk sizes and trailers."""
    with (
        Endless(*DRIPS[drip]) as server,
        cloud.connect(BASIC, api_url=f"{server.url}/v2", timeout_s=9, clock=Ticking().clock) as it,
        pytest.raises(errors.CloudError),
    ):
        call(it)


@pytest.mark.parametrize("drip", DRIPS)
def test_a_token_that_never_ends_is_given_up(drip: str) -> None:
    """The token endpoint has the same limits as the API."""
    environ = {**BASIC, "DT_SERVICE_ACCOUNT_EMAIL": "a@example.com"}
    with (
        Endless(*DRIPS[drip]) as server,
        cloud.connect(environ, token_url=server.url, timeout_s=9, clock=Ticking().clock) as it,
        pytest.raises(errors.CloudError),
    ):
        _list(it)


def test_a_proxy_that_never_ends_its_greeting_is_given_up() -> None:
    """CONNECT has a deadline, too."""
    with Endless(OK, b"X: y\r\n") as server:
        environ = {**BASIC, "https_proxy": server.url}
        with (
            cloud.connect(
                environ, api_url="https://api.example.com/v2", clock=Ticking().clock
            ) as it,
            pytest.raises(errors.CloudError),
        ):
            _list(it)


def _zipped(size: int) -> bytes:
    return gzip.compress(b" " * size)


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("identity", bytes),
    ],
)
def test_what_unpacks_to_too_much_is_refused(
    encoding: str,
    pack: Callable[[bytes], bytes],
    server: ScriptedServer,
    client: cloud.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A body that is small on the wire counts by what it holds: one byte over the limit is over."""
    monkeypatch.setattr(bodies, "LARGEST_BODY", 70_000)
    most = b'{"dataConnectors":[]}'.ljust(70_000)
    server.say(Say(raw=pack(most), headers={"Content-Encoding": encoding}))
    server.say(Say(raw=pack(most + b" "), headers={"Content-Encoding": encoding}))

    assert _list(client) == ()
    with pytest.raises(errors.InvalidResponse, match="larger than 70000 bytes"):
        _list(client)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip;q=1", "nonsense"])
def test_only_one_encoding_is_undone(
    encoding: str, server: ScriptedServer, client: cloud.Client
) -> None:
    """What was not asked for is not unpacked, however often it says it is packed."""
    server.otherwise = Say(
        raw=gzip.compress(_zipped(1_000_000)), headers={"Content-Encoding": encoding}
    )

    with pytest.raises(errors.ResponseLost):
        _list(client)


def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    """Unpacking stops at the limit, not after a piece that may hold a thousand times its size."""
    bomb = _zipped(30_000_000)
    with pytest.raises(bodies.TooLarge):
        bodies.unpacked([bomb], "gzip", bodies.LARGEST_BODY)


def _pages(items: Callable[[int], list[dict[str, Any]]]) -> Callable[[Any], dict[str, Any]]:
    numbers = itertools.count(1)
    return lambda _: {"items": items(number := next(numbers)), "nextPageToken": f"t{number}"}


def _collect(get_object: Callable[[Any], dict[str, Any]], most_pages: int = 10**6) -> list[Any]:
    request = Request("GET", "/x")
    return list(paging.collect(get_object, request, "items", dict, most_pages))


def test_ever_fresh_page_tokens_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages, items and empty pages in a row are counted; the error says which."""
    monkeypatch.setattr(paging, "MOST_ITEMS", 50)
    with pytest.raises(errors.InvalidResponse, match="GET /x: the listing has more than 20 pages"):
        _collect(_pages(lambda _: [{}]), most_pages=20)
    with pytest.raises(errors.InvalidResponse, match="more than 50 items"):
        _collect(_pages(lambda _: [{}] * 7))
    with pytest.raises(errors.InvalidResponse, match="100 pages of the listing are empty"):
        _collect(_pages(lambda _: []))


def test_a_listing_may_have_as_many_pages_as_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are of the largest listing; empty pages between full ones are fine."""
    monkeypatch.setattr(paging, "MOST_EMPTY_PAGES", 2)
    monkeypatch.setattr(paging, "MOST_ITEMS", 3)
    pages = [
        {"items": [{}] if number % 2 else [], "nextPageToken": f"t{number}" if number < 5 else ""}
        for number in range(1, 6)
    ]

    assert _collect(lambda _: pages.pop(0), most_pages=5) == [{}] * 3


def test_connectors_have_a_limit_of_their_own(client: cloud.Client, server: ScriptedServer) -> None:
    """A project has ten; a listing of a hundred pages is no listing."""
    numbers = itertools.count()
    server.otherwise = lambda _: Say(body=page(resource(each := next(numbers)), token=f"t{each}"))

    with pytest.raises(errors.InvalidResponse, match="more than 100 pages"):
        _list(client)
    assert len(server.calls) == 100


@pytest.mark.parametrize("token", ["x" * 8193, "\ud800", "a\nb", 7, ["t"], {"t": 1}, True])
def test_an_unusable_page_token_is_an_error(
    token: Any, client: cloud.Client, server: ScriptedServer
) -> None:
    """It would go into the next URL."""
    server.say(Say(body={"dataConnectors": [], "nextPageToken": token}))

    with pytest.raises(errors.InvalidResponse, match="no usable nextPageToken"):
        _list(client)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("1e9", None),
        ("999999999", LONGEST_WAIT_S),
        ("9" * 5000, None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("7", 7.0),
        ("0.5", 0.5),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_S),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Mon, 99 Foo 99999 99:99:99 +9999", None),
        ("\u0663", None),
    ],
)
def test_retry_after_is_bounded(value: str, wait_s: float | None) -> None:
    """A minute at most; what is no time counts as none."""
    assert retry_after_s_of(value, 1_700_000_000.0) == wait_s


def _streamed(pieces: Iterable[bytes], server: ScriptedServer, client: cloud.Client) -> list[Any]:
    server.say(Say(body=iter(pieces)))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        return list(stream)


PING = b'{"result":{"event":{"eventType":"ping"}}}\n'


@pytest.mark.slow
@pytest.mark.parametrize("piece", [b" ", b"\n", b":\n", b"{}\n", b'{"result":{}}\n', b"data:\n"])
def test_a_stream_that_says_nothing_is_lost(piece: bytes, server: ScriptedServer) -> None:
    """Bytes are no sign of life: only events and pings are."""
    server.say(Say(body=itertools.repeat(piece)))
    with (
        cloud.connect({**server.environ}, clock=Ticking().clock) as client,
        cloud.Reader(client).open_stream(PROJECT) as stream,
        pytest.raises(errors.ResponseLost, match="no data in time"),
    ):
        list(stream)


def test_pings_keep_a_stream_alive(server: ScriptedServer) -> None:
    """A stream of nothing but pings lasts as long as they come."""
    with cloud.connect(server.environ, clock=Ticking(5).clock) as client:
        assert len(_streamed(itertools.repeat(PING, 100), server, client)) == 100


def test_an_event_in_endless_lines_is_an_error(
    server: ScriptedServer, client: cloud.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines of SSE that never become an event do not fill the memory."""
    monkeypatch.setattr(payloads, "LONGEST_LINE", 1000)

    with pytest.raises(errors.InvalidResponse, match=r"devices:stream: .* event that is too long"):
        _streamed([b"data: x\n"] * 200, server, client)


def test_lines_of_sse_count_per_event(
    server: ScriptedServer, client: cloud.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many events of a few lines each are no event without end."""
    monkeypatch.setattr(payloads, "LONGEST_LINE", 1000)

    assert len(_streamed([b"data: " + PING + b"\n"] * 100, server, client)) == 100


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    status: int, server: ScriptedServer, client: cloud.Client
) -> None:
    """One that leads to itself is one call."""
    location = f"/v2/projects/{PROJECT}/dataconnectors"
    server.otherwise = Say(status, headers={"Location": location})

    with pytest.raises(errors.ApiError, match="not followed"):
        _list(client)
    assert len(server.calls) == 1
