"""SOCKS proxies, where PySocks is installed; else it is said what is missing."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dcsync import cloud, errors
from dcsync.cloud.auth import BasicAuth
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.request import Request
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import PROJECT, page, resource
from tests.cloud.server import Say, ScriptedServer
from tests.cloud.test_event_stream import event, line


@dataclass
class Socks:
    """A SOCKS5 proxy (RFC 1928, 1929) that leads everybody to one port of this machine."""

    port: int
    logins: list[str] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError), client.makefile("rb") as received:
            received.read(received.read(2)[1])
            client.sendall(b"\x05\x02")  # user name and password, please
            user = received.read(received.read(2)[1])
            self.logins.append(f"{user.decode()}:{received.read(received.read(1)[0]).decode()}")
            client.sendall(b"\x01\x00")
            host = received.read(received.read(5)[4])
            self.asked.append((host.decode(), int.from_bytes(received.read(2), "big")))
            with socket.create_connection(("127.0.0.1", self.port)) as server:
                client.sendall(b"\x05\x00\x00\x01" + bytes(6))
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def environ(server: ScriptedServer) -> Iterator[dict[str, str]]:
    """Of a machine that gets at the server through SOCKS only, and knows no names of hosts."""
    pytest.importorskip("socks")
    proxy = Socks(server.port)
    server.otherwise = Say(body=page(resource()))
    yield {
        **server.environ,
        "DT_SERVICE_ACCOUNT_EMAIL": "",
        "DCSYNC_API_URL": "http://localhost:7/v2",
        "http_proxy": f"socks5h://us%40er:p%3Aw@{proxy.address}",
    }
    proxy.listener.shutdown(socket.SHUT_RDWR)
    proxy.listener.close()
    assert set(proxy.logins) == {"us@er:p:w"}
    assert set(proxy.asked) == {("localhost", 7)}


def test_calls_go_through_socks(environ: dict[str, str], server: ScriptedServer) -> None:
    """With the proxy's credentials, its look-up of the host, and one kept connection."""
    with cloud.connect(environ) as client:
        for _ in range(3):
            assert len(cloud.Reader(client).list_data_connectors(PROJECT)) == 1

    assert server.connections == 1
    assert not any("Proxy-Authorization" in asked.headers for asked in server.asked)


def test_streams_go_through_socks(environ: dict[str, str], server: ScriptedServer) -> None:
    """The same for what has no end."""
    server.say(Say(body=iter([line(event(1)), line(event(2))])))

    with (
        cloud.connect(environ) as client,
        cloud.Reader(client).open_stream(PROJECT) as stream,
    ):
        assert list(stream) == [event(1), event(2)]


@pytest.mark.slow
def test_responses_through_socks_have_a_deadline(
    environ: dict[str, str], server: ScriptedServer, time: FakeTime
) -> None:
    """A server behind SOCKS that says nothing is given up like any other."""
    release = threading.Event()

    def hang(_: object) -> Say:
        release.wait(10)
        return Say(body=page())

    server.otherwise = hang
    with (
        cloud.connect(environ, timeout_s=0.1, clock=time.clock) as client,
        pytest.raises(errors.ResponseLost, match="timed out"),
    ):
        cloud.Reader(client).list_data_connectors(PROJECT)
    release.set()


@pytest.mark.parametrize("url", ["http://api.example.com/v2", "https://api.example.com/v2"])
def test_a_socks_proxy_that_is_not_there_got_nothing(
    url: str, free_port: int, time: FakeTime
) -> None:
    """So that a create may be sent again; without what may be a password."""
    pytest.importorskip("socks")
    proxy = f"socks5://user:word@127.0.0.1:{free_port}"
    client = cloud.Client(
        BasicAuth("key", "secret"),
        base_url=url,
        network=NetworkSettings({"http": proxy, "https": proxy}),
        clock=time.clock,
    )

    with pytest.raises(errors.ConnectionFailed, match="no connection could be made") as caught:
        client.call(Request("POST", "/projects", body={}))
    assert "word" not in str(caught.value)


@pytest.mark.slow
def test_without_pysocks_it_is_said_what_to_install(tmp_path: Path) -> None:
    """In one line, without what may be a password, and nothing is sent."""
    script = (
        "import sys; sys.modules['socks'] = None\n"
        "from dcsync.cli import main\n"
        "sys.exit(main(['import', '--project', 'c0md3pm0p7bet3vico8g']))"
    )
    environ = {
        "DT_SERVICE_ACCOUNT_KEY_ID": "key",
        "DT_SERVICE_ACCOUNT_SECRET": "word",
        "https_proxy": "socks5h://user:word@127.0.0.1:1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr == (
        "dcsync: a SOCKS proxy needs the package pysocks; install it beside dcsync, or use an"
        " HTTP proxy\n"
    )
