"""The library's event stream: it takes up lost connections, and lets go at once when told."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from inspect import isgenerator
from typing import Any

import pytest

import dcsync as dt
from dcsync import errors
from dcsync.cloud.attempts import Attempts
from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer, cut
from tests.cloud.test_event_stream import PING, Silence, event, line, stream_of

pytestmark = pytest.mark.usefixtures("pointed")

ONE, TWO = event(1), event(2)
END = Say(404, {"error": {"code": 5, "message": "project gone"}})
EXPIRED = b'{"error":{"code":16,"message":"expired"}}\n'


@pytest.fixture(autouse=True)
def backed_off(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """The waits between connections, which are not waited for: how many troubles in a row, why."""
    waits: list[tuple[int, str]] = []

    def back_off(_: Attempts, troubles: int, error: Exception) -> None:
        waits.append((troubles, type(error).__name__))

    monkeypatch.setattr(Attempts, "back_off", back_off)
    return waits


def _until_the_end(**keywords: Any) -> list[str]:
    """Last digits of the events up to the 404 that ends each of these tests."""
    found = []
    try:
        for each in dt.Stream.event_stream(PROJECT, **keywords):
            found.append(each.event_id[-1])  # noqa: PERF401 - what came before the error counts
    except errors.NotFound as error:
        assert "project gone" in str(error)  # noqa: PT017 - the events before it are wanted too
    return found


def _broken(*pieces: bytes) -> Say:
    def body() -> Iterator[bytes]:
        yield from pieces
        cut()

    return Say(body=body())


def test_yields_typed_events_without_pings(server: ScriptedServer) -> None:
    """Pings are passed over; every other event comes as an Event."""
    server.say(stream_of(line(PING), line(ONE), line(PING)), END)

    stream = dt.Stream.event_stream(PROJECT)
    found = next(stream)

    assert isgenerator(stream)
    assert isinstance(found, dt.events.Event)
    assert isinstance(found.data, dt.events.Touch)
    assert found.raw == ONE
    with pytest.raises(errors.NotFound):
        next(stream)


def test_asks_nothing_before_the_first_event_is_wanted(server: ScriptedServer) -> None:
    """A generator that nobody iterates over opens no connection."""
    dt.Stream.event_stream(PROJECT).close()

    assert server.asked == []


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (stream_of(line(ONE)), "ResponseLost"),
        (_broken(line(ONE)), "ResponseLost"),
        (stream_of(line(ONE), b'{"error":{"code":4,"message":"too long"}}\n'), "ResponseLost"),
        (stream_of(line(ONE), b'{"error":{"code":14,"message":"away"}}\n'), "InternalServerError"),
        (stream_of(line(ONE), EXPIRED), "CredentialsRefused"),
        (stream_of(line(ONE), b"<html>\n"), "InvalidResponse"),
    ],
)
def test_takes_up_a_lost_connection(
    first: Say, reason: str, server: ScriptedServer, backed_off: list[tuple[int, str]]
) -> None:
    """However a connection ends, another one goes on after a wait."""
    server.say(first, stream_of(line(TWO)), END)

    assert _until_the_end() == ["1", "2"]
    assert backed_off[0] == (1, reason)


def test_waits_grow_and_start_again_after_data(
    server: ScriptedServer, backed_off: list[tuple[int, str]]
) -> None:
    """The wait grows with each trouble in a row; an event or a ping sets it back."""
    away = Say(503)
    server.say(away, Say(drop=True), stream_of(line(ONE)), away, away, stream_of(line(PING)), END)

    assert _until_the_end() == ["1"]
    assert [troubles for troubles, _ in backed_off] == [1, 2, 1, 2, 3, 1]


def test_gives_up_after_request_attempts(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many connections in a row that bring nothing end the stream with the last one's error."""
    monkeypatch.undo()
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    server.otherwise = Say(503, {"error": "still away"})

    with pytest.raises(errors.ServerError, match="still away"):
        next(dt.Stream.event_stream(PROJECT, request_attempts=1))
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_final_refusal_is_raised_at_once(status: int, server: ScriptedServer) -> None:
    """What the server would only say again ends the stream."""
    server.otherwise = Say(status, {"error": {"code": status, "message": "no"}})

    with pytest.raises(errors.ApiError) as caught:
        next(dt.Stream.event_stream(PROJECT))
    assert caught.value.status == status
    assert len(server.calls) == (2 if status == 401 else 1)


def test_a_token_that_expires_while_streaming_is_renewed(server: ScriptedServer) -> None:
    """After 401, in the stream or instead of one, the next connection has a fresh token."""
    tokens = iter(["first", "second", "third"])
    server.token = lambda _: Say(body={"access_token": next(tokens), "expires_in": 3600})
    server.say(stream_of(line(ONE), EXPIRED), Say(401), stream_of(line(TWO)), END)

    assert _until_the_end() == ["1", "2"]
    used = [asked.headers["Authorization"] for asked in server.calls]
    assert used[:3] == ["Bearer first", "Bearer second", "Bearer third"]


def test_closing_the_generator_closes_the_socket(server: ScriptedServer) -> None:
    """After `close()` the server sees the connection end, without any garbage collection."""
    silence = Silence()
    server.say(Say(body=silence.pieces()))
    stream = dt.Stream.event_stream(PROJECT)
    next(stream)
    gc.disable()
    try:
        stream.close()

        assert silence.gone.wait(10)
    finally:
        gc.enable()


@pytest.mark.slow
def test_leaving_the_loop_leaves_nothing_open(server: ScriptedServer) -> None:
    """A `break` ends the connection as soon as the generator goes, without a ResourceWarning."""
    silence = Silence()
    server.say(Say(body=silence.pieces()))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in dt.Stream.event_stream(PROJECT):
            break
        gc.collect()

    assert silence.gone.wait(10)


def test_filters_are_passed_on(server: ScriptedServer) -> None:
    """Every filter of the page reaches the server; None as a label value is the key alone."""
    server.say(END)

    _until_the_end(
        device_ids=["d1"],
        label_filters={"room-number": "99", "group": None},
        device_types=[dt.Device.TEMPERATURE],
        event_types=[dt.events.TOUCH, dt.events.TEMPERATURE],
    )

    assert server.calls[0].query == (
        ("device_ids", "d1"),
        ("device_types", "temperature"),
        ("label_filters", "room-number=99"),
        ("label_filters", "group"),
        ("event_types", "touch"),
        ("event_types", "temperature"),
        ("ping_interval", "10s"),
    )


def test_a_client_streams_too(server: ScriptedServer) -> None:
    """A Client's stream uses the client's own settings."""
    server.say(stream_of(line(ONE)))
    client = dt.Client(dt.Auth.basic("key", "word"), base_url=server.api_url)

    stream = client.Stream.event_stream(PROJECT)

    assert next(stream).event_id == ONE["eventId"]
    stream.close()
