"""Sockets: connections are kept and shared, nothing global changes, no server keeps us for ever."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import socket
import ssl
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dcsync import cloud, errors
from dcsync.cloud.clock import Clock
from dcsync.cloud.http import adapter, bodies, transport
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import PROJECT, page, resource
from tests.cloud.server import Asked, Say, ScriptedServer


def _list(client: cloud.Client) -> object:
    return cloud.Reader(client).list_data_connectors(PROJECT)


def _chunked(_: Asked) -> Say:
    return Say(body=iter([b'{"dataConnectors": [', b"]}"]))


@pytest.mark.parametrize(
    "answer", [Say(body=page(resource())), _chunked, Say(404, {"error": "no"}), Say(503)]
)
def test_one_connection_serves_call_after_call(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """Calls in a row, token included, reuse one connection, whatever the answers look like."""
    server.otherwise = answer

    for _ in range(3):
        with contextlib.suppress(errors.ApiError):
            _list(client)

    assert server.connections == 1


def test_writes_without_a_body_keep_the_connection(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """An empty 204 leaves the connection usable."""
    server.otherwise = Say(204)
    writer = cloud.Writer(client)

    for _ in range(3):
        writer.delete_data_connector(PROJECT, "c1")

    assert server.connections == 1


def test_threads_share_a_bounded_pool(server: ScriptedServer) -> None:
    """Many threads never open more connections than the client was given."""
    server.otherwise = Say(body=page())
    client = cloud.connect(server.environ, connections=3)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: _list(client), range(60)))

    assert server.connections <= 3


def test_threads_share_a_bounded_pool_through_a_proxy(server: ScriptedServer) -> None:
    """Also where all of them are the first to ask for the proxy."""
    server.otherwise = Say(body=page())
    environ = {
        **server.environ,
        "DCSYNC_API_URL": "http://localhost:1/v2",
        "http_proxy": server.url,
    }
    client = cloud.connect({**environ, "no_proxy": "127.0.0.1"}, connections=3)
    together = threading.Barrier(12)

    def call(_: int) -> None:
        together.wait(10)
        _list(client)

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(call, range(12)))

    assert len(server.calls) == 12
    assert server.connections <= 3 + 1  # one more for the token, which goes without the proxy


def test_closing_lets_the_connections_go(server: ScriptedServer) -> None:
    """After `with`, nothing is kept, whatever is still referred to; a later call connects anew."""
    server.otherwise = Say(404)
    with cloud.connect(server.environ) as client, pytest.raises(errors.NotFound) as kept:
        _list(client)
    with pytest.raises(errors.NotFound):
        _list(client)

    assert server.connections == 2
    assert kept.tb


def test_changes_nothing_global(client: cloud.Client, server: ScriptedServer) -> None:
    """Time-outs, warnings, logging and tracebacks of the host process stay as they were."""

    def state() -> tuple[object, ...]:
        root = logging.getLogger()
        library = logging.getLogger("urllib3")
        return (
            socket.getdefaulttimeout(),
            list(warnings.filters),
            (root.level, list(root.handlers), library.level, list(library.handlers)),
            getattr(sys, "tracebacklimit", None),
            sys.excepthook,
        )

    before = state()
    server.say(Say(body=page()), Say(404))
    _list(client)
    with pytest.raises(errors.NotFound):
        _list(client)

    assert state() == before


def test_a_server_that_never_answers_is_given_up(server: ScriptedServer, time: FakeTime) -> None:
    """A call without an answer in time is ResponseLost, also where the server keeps dripping."""
    release = threading.Event()

    def hang(_: Asked) -> Say:
        release.wait(10)
        return Say(body=page())

    server.otherwise = hang
    client = cloud.connect(server.environ, timeout_s=0.05, clock=time.clock)

    with pytest.raises(errors.ResponseLost, match="timed out"):
        _list(client)
    release.set()


def test_an_answer_may_take_longer_than_connecting(
    client: cloud.Client, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long a connection may take to be there says nothing of how long an answer may."""
    monkeypatch.setattr(transport, "CONNECT_TIMEOUT_S", 0.05)

    def think(_: Asked) -> Say:
        threading.Event().wait(0.2)
        return Say(body=page())

    server.otherwise = think

    assert _list(client) == ()


def test_a_stream_may_be_silent_for_longer_than_a_call(server: ScriptedServer) -> None:
    """Between two pings more time passes than an answer may take."""
    think = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"\n"
        think.wait(0.2)
        yield b'{"result":{"event":{"eventId":"e"}}}\n'

    server.say(Say(body=pieces()))
    client = cloud.connect(server.environ, timeout_s=0.1)
    with client.open_stream(cloud.reader.stream_request(PROJECT), silence_s=20) as stream:
        assert list(stream) == [{"eventId": "e"}]


def test_a_server_that_drips_is_given_up(server: ScriptedServer) -> None:
    """A body that arrives byte by byte may not take longer than a call may."""
    passing = iter(range(0, 10_000, 2))
    clock = Clock(now_s=lambda: float(next(passing)), sleep=lambda _: None)
    server.otherwise = lambda _: Say(body=iter([b"{"] + [b" "] * 1000))
    client = cloud.connect(server.environ, timeout_s=20, clock=clock)

    with pytest.raises(errors.ResponseLost, match="timed out"):
        _list(client)


def test_a_huge_answer_is_given_up(
    client: cloud.Client, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without end is an error before it fills the memory."""
    monkeypatch.setattr(bodies, "LARGEST_BODY", 1000)
    server.say(Say(raw=b" " * 1001))

    with pytest.raises(
        errors.InvalidResponse, match=r"GET /projects/\w+/dataconnectors: .* larger"
    ):
        _list(client)


def test_an_unknown_host_was_not_reached(
    server: ScriptedServer, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that does not resolve is a failed connection with the host in its message."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    environ = {**server.environ, "DT_SERVICE_ACCOUNT_EMAIL": ""}  # no token, which would fail first
    client = cloud.connect(environ, api_url="https://api.example.com/v2", clock=time.clock)

    with pytest.raises(errors.ConnectionFailed, match=r"reach api\.example\.com: Name or service"):
        _list(client)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that nobody trusts, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[ScriptedServer]:
    """The scripted server behind TLS."""
    server = ScriptedServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.wrap(context)
    with server.running():
        yield server


def _tls(server: ScriptedServer, host: str) -> dict[str, str]:
    base = f"https://{host}:{server.port}"
    return {**server.environ, "DCSYNC_API_URL": f"{base}/v2", "DCSYNC_TOKEN_URL": f"{base}/token"}


def test_an_untrusted_certificate_is_not_talked_to(
    tls_server: ScriptedServer, time: FakeTime
) -> None:
    """A server whose certificate nobody vouches for gets no request, and certainly no create."""
    client = cloud.connect(_tls(tls_server, "localhost"), clock=time.clock)

    with pytest.raises(errors.ConnectionFailed, match="its certificate is not trusted: self"):
        _list(client)
    assert tls_server.asked == []


def test_a_certificate_for_another_host_is_not_talked_to(
    tls_server: ScriptedServer, certificate: Path, time: FakeTime
) -> None:
    """A trusted certificate counts only for the host that it names."""
    environ = {**_tls(tls_server, "127.0.0.1"), "REQUESTS_CA_BUNDLE": str(certificate)}

    with pytest.raises(errors.ConnectionFailed, match="its certificate is not trusted: IP"):
        _list(cloud.connect(environ, clock=time.clock))
    assert tls_server.asked == []


def test_a_stream_comes_through_tls(tls_server: ScriptedServer, certificate: Path) -> None:
    """Events small and larger than a TLS record, each as soon as it was sent."""
    sent = [{"eventId": str(number), "data": "x" * number} for number in (1, 100_000, 2)]
    read = threading.Semaphore(0)

    def pieces() -> Iterator[bytes]:
        for event in sent:
            yield json.dumps({"result": {"event": event}}, separators=(",", ":")).encode() + b"\n"
            read.acquire(timeout=10)

    tls_server.say(Say(body=pieces()))
    environ = {**_tls(tls_server, "localhost"), "REQUESTS_CA_BUNDLE": str(certificate)}
    seen = []
    with cloud.Reader(cloud.connect(environ)).open_stream(PROJECT) as stream:
        for event in stream:
            seen.append(event)
            read.release()

    assert seen == sent


class Tunnels:
    """A proxy that connects everybody to one port of this machine, whatever they ask for."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        """What clients sent before the tunnel was open."""
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.asked.append(client.recv(65536).decode())
                server = socket.create_connection(("127.0.0.1", self._port))
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._copy, args=ends, daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError), source:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize(
    ("proxy", "authorization"),
    [
        ("{}", None),
        ("http://{}", None),
        ("http://us%40er:p%3Aw@{}", "Basic dXNAZXI6cDp3"),
        ("http://user@{}", "Basic dXNlcjo="),
    ],
)
def test_tls_goes_through_a_proxy_unread(
    proxy: str, authorization: str | None, tls_server: ScriptedServer, certificate: Path
) -> None:
    """The proxy gets its own credentials and the host's name, and nothing of the calls."""
    tls_server.otherwise = Say(body=page(resource()))
    tunnels = Tunnels(tls_server.port)
    environ = {
        **_tls(tls_server, "localhost"),
        "REQUESTS_CA_BUNDLE": str(certificate),
        "HTTPS_PROXY": proxy.format(tunnels.address),
    }

    with cloud.connect(environ) as client:
        _list(client)
        _list(client)
    tunnels.close()

    [asked] = tunnels.asked
    assert asked.startswith(f"CONNECT localhost:{tls_server.port} HTTP/1.")
    sent = dict(line.lower().split(": ") for line in asked.split("\r\n")[1:] if line)
    assert sent.get("proxy-authorization") == (authorization and authorization.lower())
    assert "token-1" not in asked
    assert [call.headers["Authorization"] for call in tls_server.calls] == ["Bearer token-1"] * 2
    assert not any("Proxy-Authorization" in call.headers for call in tls_server.asked)


def test_a_proxy_is_trusted_as_servers_are(tls_server: ScriptedServer, certificate: Path) -> None:
    """The bundle of the environment decides on a proxy that talks TLS, too."""
    tls_server.say(Say(body=page(resource())))
    environ = {
        **tls_server.environ,
        "DCSYNC_API_URL": "http://localhost:1/v2",
        "DCSYNC_TOKEN_URL": "http://localhost:1/token",
        "http_proxy": f"https://localhost:{tls_server.port}",
        "REQUESTS_CA_BUNDLE": str(certificate),
    }

    with cloud.connect(environ) as client:
        _list(client)

    assert len(tls_server.calls) == 1


@pytest.mark.parametrize(
    "proxy", ["ftp://user:word@127.0.0.1:1", "http://", "http://h:x", "//", "socks5://"]
)
def test_a_proxy_that_cannot_be_used_is_told(proxy: str, server: ScriptedServer) -> None:
    """What to write instead, and none of what may be a password."""
    with pytest.raises(errors.ConfigurationError, match="http_proxy must look like") as caught:
        _list(cloud.connect({**server.environ, "http_proxy": proxy}))

    assert "word" not in str(caught.value)
    assert server.asked == []


def test_a_proxy_that_is_not_used_need_not_be_usable(server: ScriptedServer) -> None:
    """`no_proxy` comes first."""
    server.otherwise = Say(body=page())

    _list(cloud.connect({**server.environ, "all_proxy": "ftp://h:1", "no_proxy": "127.0.0.1"}))

    assert len(server.calls) == 1


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_makes_it_trusted(
    variable: str, tls_server: ScriptedServer, certificate: Path
) -> None:
    """The CA bundle of the environment decides whom to trust; connections are kept over TLS too."""
    tls_server.otherwise = Say(body=page(resource()))
    client = cloud.connect({**_tls(tls_server, "localhost"), variable: str(certificate)})

    for _ in range(3):
        _list(client)

    assert len(tls_server.calls) == 3
    assert tls_server.connections == 1


def test_a_bundle_is_loaded_once_in_a_process(certificate: Path) -> None:
    """It takes 30 ms: calls, streams, proxies and all clients share one context."""
    with ThreadPoolExecutor(8) as pool:
        contexts = list(pool.map(adapter.trust, [str(certificate)] * 8))

    assert len(set(map(id, contexts))) == 1
