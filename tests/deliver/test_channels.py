"""The way to an endpoint: kept connections, and whatever servers make of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from dcsync.cloud.http.message import Message
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.posting import MOST_READ, Channel, channel_to
from dcsync.errors import CloudError, ConfigurationError, ConnectionFailed, ResponseLost
from tests.cloud.server import Say, ScriptedServer
from tests.cloud.test_no_response_holds import DRIPS, Endless, Ticking
from tests.cloud.test_transport import certificate as certificate
from tests.cloud.test_transport import tls_server as tls_server

Open = Callable[..., Channel]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        running.otherwise = Say(200)
        yield running


@pytest.fixture
def to() -> Iterator[Open]:
    """Opens channels, and closes them in the end."""
    channels: list[Channel] = []

    def to(url: str, ca_bundle: Path | None = None, **headers: str) -> Channel:
        message = Message(
            f"POST {url}", "POST", url, {k.replace("_", "-"): headers[k] for k in headers}
        )
        network = NetworkSettings(ca_bundle=None if ca_bundle is None else str(ca_bundle))
        clock = Ticking().clock
        channels.append(channel_to(message, network, connections=2, timeout_s=9, now_s=clock.now_s))
        return channels[-1]

    yield to
    for channel in channels:
        channel.close()


def raw(head: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {head}\r\n\r\n{body}".encode()


class Raw:
    """A server that sends these bytes, one after each request."""

    def __init__(self, *answers: bytes, family: socket.AddressFamily = socket.AF_INET) -> None:
        self._answers, self.connections = list(answers), 0
        host = "127.0.0.1" if family is socket.AF_INET else "::1"
        self._listener = socket.create_server((host, 0), family=family)
        shown = host if family is socket.AF_INET else f"[{host}]"
        self.url = f"http://{shown}:{self._listener.getsockname()[1]}/dt"
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Raw:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with suppress(OSError), connection:  # a client may leave without reading all
                while self._answers and connection.recv(65536):
                    connection.sendall(answer := self._answers.pop(0))
                    if b"onnection: close" in answer or b"hort" in answer or is_half(answer):
                        break


def is_half(answer: bytes) -> bool:
    """Whether its head is cut off."""
    return b"\r\n\r\n" not in answer


def test_one_connection_for_many_posts(server: ScriptedServer, to: Open) -> None:
    """Method, path, query, constant and own headers, and the body are as they were given."""
    channel = to(
        f"{server.url}/d t/é?a=b c&d=%20", Content_Type="application/json", Host="x.example"
    )

    for number in range(3):
        assert channel.post(b"%d" % number, {"X-N": str(number)}).status == 200

    assert server.connections == 1
    assert [(each.path, each.query) for each in server.asked] == [
        ("/d%20t/%C3%A9", (("a", "b c"), ("d", " ")))
    ] * 3
    assert [(each.body, each.headers["X-N"]) for each in server.asked] == [
        (b"0", "0"), (b"1", "1"), (b"2", "2"),
    ]  # fmt: skip
    assert server.asked[0].headers == {
        "Accept-Encoding": "identity", "Content-Type": "application/json", "Host": "x.example",
        "Content-Length": "1", "X-N": "0",
    }  # fmt: skip


EMPTY = "\r\nContent-Length: 0"
LARGE = raw(f"200 OK\r\nContent-Length: {2 * MOST_READ}", "x" * 2 * MOST_READ)
CHUNKS = raw("200 OK\r\nTransfer-Encoding: chunked", "2;x\r\nok\r\n0\r\nA: b\r\n\r\n")


@pytest.mark.parametrize(
    ("answers", "statuses", "connections"),
    [
        ((raw("204 No Content"), raw("200 OK\r\nContent-Length: 2", "ok")), [204, 200], 1),
        ((CHUNKS, CHUNKS), [200, 200], 1),
        ((raw("100 Continue") + raw(f"202 Accepted{EMPTY}"),) * 2, [202, 202], 1),
        ((raw(f"200 OK{EMPTY}\r\nConnection: close"),) * 2, [200, 200], 2),
        ((raw("200 OK\r\nConnection: close", "no length"),) * 2, [200, 200], 2),
        ((LARGE, LARGE), [200, 200], 2),
        ((raw(f"302 Found\r\nLocation: /b{EMPTY}"), raw(f"500 Oh{EMPTY}")), [302, 500], 1),
    ],
)
def test_connections_are_kept_where_they_can_be(
    answers: tuple[bytes, ...], statuses: list[int], connections: int, to: Open
) -> None:
    """Bodies are read to their end where they are short; no redirect is followed."""
    with Raw(*answers) as server:
        channel = to(server.url)
        assert [channel.post(b"{}", {}).status for _ in answers] == statuses
        channel.close()

    assert server.connections == connections


def test_a_response_has_a_status_headers_and_a_body(to: Open) -> None:
    """Names of headers in lower case."""
    with Raw(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\nX-Why: a\r\n\r\nno") as server:
        channel = to(server.url)
        response = channel.post(b"{}", {})
        channel.close()

    assert (response.status, response.body) == (400, b"no")
    assert response.headers == {"content-length": "2", "x-why": "a"}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"short",
        b"SSH-2.0-OpenSSH short\r\n",
        raw("200 OK\r\nContent-Length: 9", "short"),
        raw("200 OK\r\nTransfer-Encoding: chunked", "9\r\nshort"),
        raw("200 OK\r\nTransfer-Encoding: chunked", "short\r\n"),
        raw("20x OK\r\nContent-Length: 5", "short"),
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nX-Short",
        b"HTTP/1.1 200 OK\r\nX-Short: y\r\n",
    ],
)
def test_half_a_response_is_none(answer: bytes, to: Open) -> None:
    """What breaks off may have arrived or not: the delivery is made again, on a new connection."""
    with Raw(answer, raw(f"200 OK{EMPTY}")) as server:
        channel = to(server.url)
        with pytest.raises(ResponseLost):
            channel.post(b"{}", {})
        assert channel.post(b"{}", {}).status == 200
        channel.close()

    assert server.connections == 2


def test_a_kept_connection_that_has_ended_is_not_used(to: Open) -> None:
    """A server that closes what is idle costs no attempt."""
    ended = raw("200 OK\r\nContent-Length: 0\r\nX: short")  # and then the connection ends
    with Raw(*[ended] * 5) as server:
        channel = to(server.url)
        statuses = [channel.post(b"{}", {}).status for _ in range(5)]
        channel.close()

    assert statuses == [200] * 5
    assert server.connections == 5


def test_a_connection_that_breaks_when_it_is_used_again(to: Open) -> None:
    """The server has closed it just now, which cannot be seen: a new one is used at once, once."""
    ok = raw(f"200 OK{EMPTY}")
    with Raw(ok, b"", ok, b"", b"") as server:
        channel = to(server.url)
        statuses = [channel.post(b"{}", {}).status for _ in range(2)]
        with pytest.raises(ResponseLost):
            channel.post(b"{}", {})
        channel.close()

    assert statuses == [200, 200]
    assert server.connections == 3


@pytest.mark.parametrize("drip", DRIPS)
def test_a_response_that_never_ends_holds_nobody(drip: str, to: Open) -> None:
    """A head that drips is given up; after a whole head, a body without end is left there."""
    with Endless(*DRIPS[drip]) as server:
        try:
            status = to(server.url).post(b"{}", {}).status
        except CloudError:
            status = 0

    assert status in ((0, 200) if drip in {"body", "body with length", "chunks"} else (0,))


def test_threads_share_a_channel(server: ScriptedServer, to: Open) -> None:
    """No connection is used by two at once."""
    channel = to(server.url)
    with ThreadPoolExecutor(4) as pool:
        bodies = [b"%d" % number for number in range(200)]
        statuses = list(pool.map(lambda body: channel.post(body, {}).status, bodies))

    assert statuses == [200] * 200
    assert sorted(each.body for each in server.asked) == sorted(bodies)
    assert server.connections <= 4


def test_ipv6_of_this_machine(to: Open) -> None:
    """Brackets belong to the URL and to the Host header, not to the address."""
    with Raw(raw(f"200 OK{EMPTY}"), family=socket.AF_INET6) as server:
        assert to(server.url).post(b"{}", {}).status == 200


def test_tls_is_checked(
    tls_server: ScriptedServer,
    certificate: Path,
    to: Open,
) -> None:
    """A certificate that nobody vouches for, or that is another host's, gets no event."""
    tls_server.otherwise = Say(200)
    port = tls_server.port

    with pytest.raises(ConnectionFailed, match="its certificate is not trusted: self"):
        to(f"https://localhost:{port}/dt").post(b"{}", {})
    with pytest.raises(ConnectionFailed, match="its certificate is not trusted: IP"):
        to(f"https://127.0.0.1:{port}/dt", certificate).post(b"{}", {})
    assert tls_server.asked == []
    trusted = to(f"https://localhost:{port}/dt", certificate)
    assert [trusted.post(b"{}", {}).status for _ in range(3)] == [200] * 3
    assert len({each.connection for each in tls_server.asked}) == 1


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        ("127.0.0.1:9", "cannot reach 127.0.0.1:9: Connection refused"),
        ("staging.example.com", "cannot reach staging.example.com: Name or service not known"),
    ],
)
def test_what_cannot_be_reached(
    host: str, fault: str, to: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was certainly not sent; why is said."""
    look_up = socket.getaddrinfo

    def known(name: str, *rest: Any) -> Any:
        if name == "staging.example.com":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(name, *rest)

    monkeypatch.setattr(socket, "getaddrinfo", known)
    with pytest.raises(ConnectionFailed, match=fault) as caught:
        to(f"http://{host}/dt?token=abc").post(b"{}", {})
    assert "abc" not in str(caught.value).partition(": ")[2]


@pytest.mark.parametrize("proxied", [False, True])
@pytest.mark.parametrize("url", ["https://s3cr3t.example.invalid/p4th", "http://127.0.0.1:9/p4th"])
def test_a_secret_url_is_named_by_nothing_of_it(url: str, proxied: bool) -> None:
    """Not even its host: a URL may come from a secret as a whole."""
    proxies = dict.fromkeys(("http", "https"), "http://127.0.0.1:9") if proxied else {}
    message = Message("POST ${env:HOOK}", "POST", url, {}, place="its host")
    channel = channel_to(
        message, NetworkSettings(proxies=proxies), connections=1, timeout_s=9, now_s=lambda: 0.0
    )
    with closing(channel), pytest.raises(ConnectionFailed) as caught:
        channel.post(b"{}", {})

    assert str(caught.value).startswith("POST ${env:HOOK}: cannot reach its host: ")
    assert not any(part in str(caught.value) for part in ("s3cr3t", "p4th", "127.0.0.1"))


def test_the_host_of_a_secret_url_is_in_no_message_of_tls(
    tls_server: ScriptedServer, certificate: Path
) -> None:
    """OpenSSL's own message quotes the host that a certificate is not for."""
    url = f"https://127.0.0.1:{tls_server.port}/p4th"
    message = Message("POST ${env:HOOK}", "POST", url, {}, place="its host")
    network = NetworkSettings(ca_bundle=str(certificate))
    channel = channel_to(message, network, connections=1, timeout_s=9, now_s=lambda: 0.0)
    with closing(channel), pytest.raises(ConnectionFailed) as caught:
        channel.post(b"{}", {})

    assert "not trusted" in str(caught.value)
    assert "127" not in str(caught.value)


BAD_URLS = (
    "http://a.example.com:c0de/",
    "http://[s3cr3t/",
    f"http://{99 * chr(228)}.example.com",
)


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_url_that_cannot_be_sent_is_not_repeated(url: str) -> None:
    """Python's messages for invalid URLs hold the part that is invalid."""
    message = Message("POST ${env:HOOK}", "POST", url, {}, place="its host")
    with pytest.raises(ConfigurationError) as caught:
        channel_to(message, NetworkSettings(), connections=1, timeout_s=9, now_s=lambda: 0.0)

    assert str(caught.value) == "POST ${env:HOOK}: cannot be sent: the URL is not valid"


@pytest.mark.parametrize("text", ["a\r\nX-Evil: 1", "a\nb", "\x00", "snow\u2603man"])
def test_a_header_that_cannot_be_sent(text: str, to: Open) -> None:
    """It would be another header, or no character of one; its value is not shown."""
    with pytest.raises(ConfigurationError, match="header X-Key") as caught:
        to("http://127.0.0.1:9/dt", X_Key=text)
    assert text not in str(caught.value)


def test_the_framing_is_ours(server: ScriptedServer, to: Open) -> None:
    """A configured length or encoding would let a receiver read another body than was signed."""
    channel = to(server.url, content_length="1", Transfer_Encoding="chunked")

    assert channel.post(b"whole", {}).status == 200

    assert server.asked[0].body == b"whole"
    assert "Transfer-Encoding" not in server.asked[0].headers
