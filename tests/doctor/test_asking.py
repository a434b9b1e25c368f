"""What `doctor` sees of a server: its status, its time, and how long it took."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from dcsync.cloud.clock import Clock
from dcsync.cloud.http.network import NetworkSettings
from dcsync.cloud.http.transport import Transport
from dcsync.cloud.request import Response
from dcsync.doctor import api
from dcsync.doctor.endpoints import look
from dcsync.doctor.facts import Destination
from dcsync.doctor.places import Place
from tests.cloud.server import Say, ScriptedServer


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine is nine hours ahead of UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "XXX-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_away")
@pytest.mark.parametrize(
    ("date", "ahead_s"),
    [
        ("Thu, 01 Jan 1970 00:00:10 GMT", 90.5),
        ("Thu, 01 Jan 1970 00:00:10 +0000", 90.5),
        ("Thu, 01 Jan 1970 00:00:10 -0000", 90.5),
        ("Thu, 01 Jan 1970 01:00:10 +0100", 90.5),
        ("yesterday", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("body", [b'{"error": "no"}', b"[]", b"no"])
def test_the_api_tells_its_time(
    date: str, ahead_s: float | None, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it was half way through the call; without a zone it is UTC."""

    class Answering(Transport):
        def send(self, *_: object) -> Response:
            return Response(401, {"date": date}, body)

    monkeypatch.setattr(api, "Transport", Answering)
    ticks = iter([1000.0, 1002.0])
    clock = Clock(now_s=lambda: next(ticks), unix_s=lambda: 100.0)

    found = api.ask("http://127.0.0.1:1", NetworkSettings({}), 5.0, clock)

    assert (found.status, found.trouble, found.seconds) == (401, None, 2.0)
    assert (found.ahead_s, found.is_json) == (ahead_s, body.startswith(b"{"))


def test_a_large_response_is_not_that_of_an_api() -> None:
    """It is not read to its end."""
    with ScriptedServer().running() as server:
        server.say(Say(200, raw=b"x" * 65_537))
        found = api.ask(server.url, NetworkSettings({}), 5.0, Clock())

    assert found.status == 0
    assert "65536 bytes" in str(found.trouble)


def test_an_endpoint_without_tls_is_only_connected_to() -> None:
    """No handshake is tried, so none can fail."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        place = Place("http", "127.0.0.1", port, "the endpoint")
        found = look(place, ["oslo/a"], NetworkSettings({}), 5.0)

    assert found == Destination(place.shown, ("oslo/a",))
    assert (found.stage, found.trouble, found.remedy, found.skipped) == ("", "", "", "")
