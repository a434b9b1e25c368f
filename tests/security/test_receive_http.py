"""No request holds, fills or ends `receive` or the emulator: the same list for both servers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from dcsync import emulator
from dcsync.receive import Endpoint, PushResponse, serving
from dcsync.serving.framing import Limits, Refusal, RequestReader
from dcsync.serving.listener import Connection, Listener

EVENT = b'{"event":{"eventId":"a"}}'
GOOD = b"POST /v2/x HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(EVENT), EVENT)
MANY = b"".join(b"X-%d: y\r\n" % number for number in range(200))


@pytest.fixture(params=["receive", "emulator"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """Where one of the servers listens."""
    if request.param == "emulator":
        with emulator.running(rate_limit=None) as cloud:
            yield cloud.port
    else:
        answers: list[PushResponse] = []
        with serving(Endpoint([]), 0, answers.append) as url:
            yield int(url.rsplit(":", 1)[1].rstrip("/"))


def exchange(port: int, sent: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        connection.sendall(sent)
        return connection.makefile("rb").read()


def serves(port: int) -> bool:
    """Whether an ordinary request is answered."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(10)
        connection.sendall(GOOD)
        return connection.recv(100).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 401 "))


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"POST /v2/x HTTP/1.1", *lines, b"", b""))


HOSTILE: dict[str, tuple[bytes, int]] = {
    "no HTTP": (b"nonsense\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "another version": (b"POST / HTTP/2.0\r\n\r\n", 505),
    "a space in the target": (b"POST /a b HTTP/1.1\r\n\r\n", 400),
    "a control character in the target": (b"POST /\x1b[2J HTTP/1.1\r\n\r\n", 400),
    "a header without a colon": (head(b"no colon"), 400),
    "a header without a name": (head(b": x"), 400),
    "a space before the colon": (head(b"Content-Length : 0"), 400),
    "a folded header": (head(b"X: a", b" Content-Length: 5"), 400),
    "NUL in a header": (head(b"X: a\0b"), 400),
    "a bare carriage return": (head(b"X: a\rContent-Length: 5"), 400),
    "bare line feeds": (b"POST / HTTP/1.1\nContent-Length: 0\n\n", 400),
    "one bare line feed": (head(b"X: a\nContent-Length: 5", b"Content-Length: 0"), 400),
    "a long line": (b"POST /" + b"a" * 70_000, 431),
    "a long header": (b"POST / HTTP/1.1\r\nX: " + b"a" * 70_000, 431),
    "many headers": (head(MANY), 431),
    "two hosts": (head(b"Host: localhost", b"Host: example.com", b"Content-Length: 0"), 400),
    "no number": (head(b"Content-Length: many"), 400),
    "a negative length": (head(b"Content-Length: -1"), 400),
    "a length with a sign": (head(b"Content-Length: +1"), 400),
    "a hexadecimal length": (head(b"Content-Length: 0x10"), 400),
    "a length with an underscore": (head(b"Content-Length: 1_0"), 400),
    "a length in other digits": (head("Content-Length: ١٢".encode()), 400),
    "a length in superscript": (head(b"Content-Length: \xb2"), 400),
    "two lengths": (head(b"Content-Length: 0", b"Content-Length: 5"), 400),
    "the same length twice": (head(b"Content-Length: 0", b"content-length: 0"), 400),
    "a list of lengths": (head(b"Content-Length: 0, 0"), 400),
    "a huge length": (head(b"Content-Length: 99999999999"), 413),
    "a length of 5,000 digits": (head(b"Content-Length: " + b"9" * 5000), 413),
    "a length that asks first": (
        head(b"Content-Length: 99999999999", b"Expect: 100-continue"),
        413,
    ),
}
CHUNKED: dict[str, tuple[bytes, int]] = {
    "both framings": (b"Content-Length: 5\r\n|0\r\n\r\n", 400),
    "no size": (b"|zz\r\n", 400),
    "a negative size": (b"|-1\r\n", 400),
    "a size with a prefix": (b"|0x5\r\n", 400),
    "an empty size": (b"|\r\n", 400),
    "a size of 5,000 digits": (b"|" + b"f" * 5000 + b"\r\n", 431),
    "a huge size": (b"|ffffffffffffffff\r\n", 413),
    "more than the size": (b"|2\r\nabc\r\n", 400),
    "a long extension": (b"|2;" + b"a" * 5000, 431),
    "bare line feeds in the framing": (b"|2\nab\n0\n\n", 400),
    "many trailers": (b"|0\r\n" + b"X: y\r\n" * 20_000, 431),
    "another coding": (b"Transfer-Encoding: gzip\r\n|", 400),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_proper_request_is_refused(port: int, name: str) -> None:
    """It gets the status of its kind, its connection is closed, and the next one is served."""
    sent, status = HOSTILE[name]
    answer = exchange(port, sent)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1") == 1
    assert b"\r\nConnection: close\r\n" in answer
    assert serves(port)


@pytest.mark.parametrize("name", CHUNKED)
def test_chunks_are_bounded_and_strict(port: int, name: str) -> None:
    """The emulator takes chunks, but no odd ones; `receive` wants a length and takes none."""
    rest, status = CHUNKED[name]
    extra, _, body = rest.partition(b"|")
    lines = [b"Transfer-Encoding: chunked", *([extra.strip()] if extra else [])]
    answer = exchange(port, head(*lines) + body)

    assert answer.startswith((b"HTTP/1.1 %d " % status, b"HTTP/1.1 411 "))
    assert answer.count(b"HTTP/1.1") == 1
    assert serves(port)


def test_nothing_is_smuggled(port: int) -> None:
    """A second request inside of a body of doubtful length is never read as one."""
    inner = b"POST /v2/inner HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
    for framing in (
        b"Transfer-Encoding: chunked\r\nContent-Length: 4",
        b"Transfer-Encoding: xchunked\r\nContent-Length: 4",
        b"Transfer-Encoding : chunked\r\nContent-Length: 4",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding:\x0bchunked",
    ):
        assert exchange(port, head(framing) + b"0\r\n\r\n" + inner).count(b"HTTP/1.1 ") == 1


def test_silent_connections_keep_nobody_out() -> None:
    """With all places taken by those who say nothing, a new connection gets the oldest's."""
    answered = threading.Event()

    def converse(connection: Connection) -> None:
        if connection.receive(60.0):
            connection.send(b"here")
            answered.set()

    listener = Listener(converse, 0, most=4, name="test")
    listener.start()
    silent = [socket.create_connection(listener.address) for _ in range(12)]
    try:
        with socket.create_connection(listener.address) as connection:
            connection.settimeout(10)
            connection.sendall(b"x")
            assert connection.recv(10) == b"here"
        silent[0].settimeout(10)
        assert silent[0].recv(1) == b""
    finally:
        for each in silent:
            each.close()
        listener.stop()
    assert answered.is_set()


def test_those_who_are_being_answered_keep_their_place() -> None:
    """Where nobody waits a new connection is closed, and the old ones are finished."""
    go_on, begun = threading.Event(), threading.Event()

    def converse(connection: Connection) -> None:
        connection.receive(60.0)
        connection.is_waiting = False
        begun.set()
        go_on.wait(10)
        connection.send(b"done")

    listener = Listener(converse, 0, most=1, name="test")
    listener.start()
    with socket.create_connection(listener.address) as first:
        first.settimeout(10)
        first.sendall(b"x")
        assert begun.wait(10)
        with socket.create_connection(listener.address) as second:
            second.settimeout(10)
            assert second.recv(1) == b""
        go_on.set()
        assert first.recv(10) == b"done"
    listener.stop()


class Drip:
    """A sender that says one byte a second, by a clock of its own."""

    def __init__(self, stream: Iterator[int]) -> None:
        self.now_s = 0.0
        self.sent = 0
        self._stream = stream

    def receive(self, timeout_s: float) -> bytes:
        if timeout_s < 1:
            self.now_s += timeout_s
            raise TimeoutError
        self.now_s += 1
        self.sent += 1
        return bytes([next(self._stream)])


@pytest.mark.parametrize(
    "sent",
    [
        chain(b"POST / HTTP/1.1\r\nX: ", repeat(97)),
        chain(head(b"Content-Length: 900000"), repeat(97)),
        chain(head(b"Transfer-Encoding: chunked"), repeat(48)),
        chain(head(b"Transfer-Encoding: chunked"), *repeat(b"1;aaaa\r\na\r\n", 1000)),
        chain(b"\r\n", repeat(97)),
    ],
    ids=["head", "body", "size", "chunks", "empty line"],
)
def test_whoever_drips_has_a_deadline(sent: Iterator[int]) -> None:
    """Head and body together have their time, however steadily the bytes come."""
    sender = Drip(sent)
    incoming = RequestReader(
        sender.receive, Limits(idle_s=5.0, request_s=120.0), lambda: sender.now_s
    )
    with pytest.raises(Refusal) as caught:
        incoming.body(incoming.head() or pytest.fail("no head"), lambda: None)

    assert caught.value.status == 408
    assert sender.now_s <= 121


def test_whoever_says_nothing_is_let_go() -> None:
    """Between requests a connection has its own, shorter patience, and is no fault."""

    def receive(_: float) -> bytes:
        raise TimeoutError

    assert RequestReader(receive, Limits()).head() is None


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"POST /", b"a" * 65_536),
        (b"POST / HTTP/1.1\r\n", b"X: y\r\n" * 10_000),
        (head(b"Transfer-Encoding: chunked"), b"10000\r\n" + b"a" * 65_536 + b"\r\n"),
        (head(b"Transfer-Encoding: chunked"), b"1;" + b"a" * 200 + b"\r\na\r\n"),
        (head(b"Transfer-Encoding: chunked"), b"0" * 65_536),
        (head(b"Transfer-Encoding: chunked"), b"0\r\n" + b"X: y\r\n" * 10_000),
    ],
    ids=["line", "headers", "chunks", "extensions", "zeros", "trailers"],
)
def test_an_endless_request_is_given_up_early(start: bytes, piece: bytes) -> None:
    """Of a request without an end no more is read than it may have."""
    limits, sent = Limits(), 0
    pieces = chain([start], repeat(piece))

    def receive(_: float) -> bytes:
        nonlocal sent
        data = next(pieces)
        sent += len(data)
        return data

    incoming = RequestReader(receive, limits)
    with pytest.raises(Refusal) as caught:
        incoming.body(incoming.head() or pytest.fail("no head"), lambda: None)

    assert caught.value.status in {400, 413, 431}
    assert sent < limits.body_bytes + 3 * 65_536 + len(start)


def test_deep_and_odd_json_is_refused_by_the_emulator(cloud: emulator.Emulator) -> None:
    """NaN, numbers beyond all, other encodings and deep nesting are a 400, not the end."""
    for body in (
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\xff"}',
        '{"a":1}'.encode("utf-16"),
        b'\xef\xbb\xbf{"a":1}',
        *(b'{"a":' * deep + b"1" + b"}" * deep for deep in (70, 300, 900, 990, 100_000)),
    ):
        request = b"POST /control/faults HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
        answer = exchange(cloud.port, request % len(body) + b"Connection: close\r\n\r\n" + body)
        assert answer.startswith(b"HTTP/1.1 400 "), body[:50]
    assert serves(cloud.port)


def test_a_lone_surrogate_is_answered_as_it_came(cloud: emulator.Emulator) -> None:
    """A name that is no proper Unicode is kept, and shown as an escape."""
    body = b'{"display_name":"a\\ud800b"}'
    request = b"POST /control/add_project HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n"
    answer = exchange(cloud.port, request % len(body) + b"Connection: close\r\n\r\n" + body)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert serves(cloud.port)
