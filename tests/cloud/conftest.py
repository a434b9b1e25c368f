"""What the tests of the cloud room share: the scripted server and a clock that never sleeps."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from dcsync import cloud
from dcsync.cloud.clock import Clock
from dcsync.library import configuration
from tests.cloud.server import ScriptedServer


class FakeTime:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            now_s=lambda: self.now_s,
            unix_s=lambda: 1_700_000_000 + self.now_s,
            sleep=self.sleep,
            random=lambda: 0.0,
        )


@pytest.fixture
def time() -> FakeTime:
    """A clock that a test moves by sleeping."""
    return FakeTime()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server on loopback that answers from a script."""
    with ScriptedServer().running() as running:
        yield running


@pytest.fixture
def waits() -> list[tuple[float, str]]:
    """What the client told its listener about waiting."""
    return []


@pytest.fixture
def client(
    server: ScriptedServer, time: FakeTime, waits: list[tuple[float, str]]
) -> Iterator[cloud.Client]:
    """A client of the scripted server."""
    client = cloud.connect(
        server.environ,
        timeout_s=5,
        clock=time.clock,
        on_wait=lambda seconds, reason: waits.append((seconds, reason)),
    )
    yield client
    client.close()


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def pointed(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The library as a user has it whose environment points at the server."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    yield
    configuration.forget()
