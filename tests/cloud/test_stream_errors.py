"""How a stream that ends badly is told: the error's kind, its status and its words."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from dcsync import cloud, errors
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import HEADER, PROJECT
from tests.cloud.server import Say, ScriptedServer, cut
from tests.cloud.test_event_stream import ONE, TWO, line, read, stream_of

CALL = f"GET /projects/{PROJECT}/devices:stream"


def failure(client: cloud.Client, server: ScriptedServer, answer: Say) -> errors.CloudError:
    with pytest.raises(errors.CloudError) as caught:
        read(client, server, answer)
    return caught.value


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        ({"code": 2}, 500), ({"code": 3}, 400), ({"code": 5}, 404), ({"code": 6}, 409),
        ({"code": 7}, 403), ({"code": 8}, 429), ({"code": 9}, 400), ({"code": 10}, 409),
        ({"code": 11}, 400), ({"code": 12}, 501), ({"code": 13}, 500), ({"code": 14}, 503),
        ({"code": 15}, 500), ({"code": 16}, 401), ({"code": 0}, 500), ({"code": 17}, 500),
        ({"code": 399}, 500), ({"code": 400}, 400), ({"code": 401}, 401), ({"code": 599}, 599),
        ({"grpcCode": 5}, 404), ({"httpCode": 404}, 404), ({}, 500), ({"code": "5"}, 500),
        ({"httpCode": 403, "code": 5, "grpcCode": 16}, 403),
        ({"code": 5, "grpcCode": 7}, 404),
        ({"httpCode": None, "code": None, "grpcCode": 7}, 403),
    ],
)  # fmt: skip
def test_an_error_of_a_stream_has_the_status_that_it_means(
    problem: dict[str, Any], status: int, client: cloud.Client, server: ScriptedServer
) -> None:
    """HTTP's own code first, then either kind, then gRPC's; without any it is the server's."""
    found = failure(client, server, stream_of(json.dumps({"error": problem}).encode()))

    assert isinstance(found, errors.ApiError)
    assert found.status == status
    assert str(found).startswith(f"{CALL}: {status}")


@pytest.mark.parametrize("code", [1, 4, 408, 504])
def test_a_session_that_is_over_is_lost_and_no_more(
    code: int, client: cloud.Client, server: ScriptedServer
) -> None:
    """The server's words are told; whoever reads on opens the stream again."""
    content = {"error": {"code": code, "message": "closing stream"}}

    found = failure(client, server, stream_of(json.dumps(content).encode()))

    assert type(found) is errors.ResponseLost
    assert str(found) == f"{CALL}: the server ended the stream: closing stream"


def test_an_error_of_a_stream_repeats_no_secret(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """What calls remembered is masked here, too."""
    client.remember([HEADER])
    content = {"error": {"code": 5, "message": f"no {HEADER} here"}}

    assert HEADER not in str(failure(client, server, stream_of(json.dumps(content).encode())))


@pytest.mark.parametrize("content", [{"error": "gone", "code": 5}, {"error": None, "code": 5}])
def test_a_flat_error_has_its_code_beside_it(
    content: dict[str, Any], client: cloud.Client, server: ScriptedServer
) -> None:
    """The shape that other calls use."""
    found = failure(client, server, stream_of(json.dumps(content).encode()))

    assert isinstance(found, errors.NotFound)
    assert found.status == 404


@pytest.mark.parametrize("content", [[], ["error"], "error", 7, None, {}, {"errors": {"code": 5}}])
def test_what_is_neither_event_nor_error_is_passed(
    content: Any, client: cloud.Client, server: ScriptedServer
) -> None:
    """JSON that says nothing of either is not for us."""
    assert read(client, server, stream_of(json.dumps(content).encode() + b"\n", line(ONE))) == [ONE]


def test_no_json_is_told_with_the_call(client: cloud.Client, server: ScriptedServer) -> None:
    """Without repeating what came."""
    found = failure(client, server, stream_of(line(ONE), b"<html>\n"))

    assert str(found) == f"{CALL}: the stream sent something other than JSON lines"


def test_a_lost_connection_is_told_with_the_call(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """The stream broke, and how."""

    def broken_off() -> Iterator[bytes]:
        yield line(ONE)
        cut()

    found = failure(client, server, Say(body=broken_off()))

    assert type(found) is errors.ResponseLost
    assert str(found) == f"{CALL}: the stream broke: the connection was lost"


@pytest.mark.parametrize("end", [b"", b"{", b"<html>", None])
def test_a_refusal_counts_whatever_its_body_is(
    end: bytes | None, client: cloud.Client, server: ScriptedServer
) -> None:
    """A stream that is not opened tells its status, though the body breaks off."""

    def broken_off() -> Iterator[bytes]:
        yield b'{"error": "secret words'
        cut()

    refusal = Say(404, body=broken_off()) if end is None else Say(404, raw=end)

    found = failure(client, server, refusal)

    assert type(found) is errors.NotFound
    assert str(found) == (
        f"{CALL}: 404: check the project id and that the service account belongs to the project"
    )


def test_silence_is_told_with_the_call(client: cloud.Client, server: ScriptedServer) -> None:
    """Nothing at all was heard: that is another trouble than a lost connection."""
    quiet = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield line(ONE)
        quiet.wait(10)

    server.say(Say(body=pieces()))
    request = cloud.reader.stream_request(PROJECT)
    with client.open_stream(request, silence_s=0.05) as stream:
        assert next(stream) == ONE
        with pytest.raises(errors.ResponseLost) as caught:
            next(stream)
    quiet.set()
    assert str(caught.value) == (f"{CALL}: the stream broke: no data in time, not even a ping")


def test_time_that_the_reader_takes_is_no_silence(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """However long an event is worked on: the server was not silent meanwhile."""
    worked = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield line(ONE)
        worked.wait(10)
        yield b'{"result":{}}\n'
        yield line(TWO)

    server.say(Say(body=pieces()))
    request = cloud.reader.stream_request(PROJECT)
    with client.open_stream(request, silence_s=30) as stream:
        assert next(stream) == ONE
        time.sleep(100)
        worked.set()
        assert next(stream) == TWO


def test_what_says_nothing_is_silence_on_any_clock(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """JSON that is no event keeps a connection busy, and nobody informed."""

    def pieces() -> Iterator[bytes]:
        yield b"{}\n"
        while True:  # until the reader goes
            time.now_s += 31
            yield b"{}\n"

    server.say(Say(body=pieces()))
    request = cloud.reader.stream_request(PROJECT)
    with (
        client.open_stream(request, silence_s=30) as stream,
        pytest.raises(errors.ResponseLost) as caught,
    ):
        next(stream)
    assert str(caught.value).startswith(f"{CALL}: the stream broke: no data in time")


def test_a_refusal_inside_a_stream_is_told_once(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Only a refused token is forgotten; after another error the same one is used."""
    for code, tokens in ((7, 1), (5, 1), (16, 1), (7, 2), (401, 2), (7, 3)):
        content = {"error": {"code": code}}
        failure(client, server, stream_of(json.dumps(content).encode()))
        assert len(server.tokens) == tokens


def test_a_stream_may_be_closed_again_and_again(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Before, while and after it is read; then it has ended in good order."""
    server.say(stream_of(line(ONE), line(TWO)))
    stream = cloud.Reader(client).open_stream(PROJECT)
    stream.close()
    stream.close()
    assert list(stream) == []

    server.say(stream_of(line(ONE), line(TWO)))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        assert list(stream) == [ONE, TWO]
        stream.close()
    assert list(stream) == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Say(204), f"{CALL}: 204 instead of a stream"),
        (Say(201, {}), f"{CALL}: 201 instead of a stream"),
    ],
)
def test_another_success_is_no_stream(
    answer: Say, message: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """Only 200 opens one."""
    found = failure(client, server, answer)

    assert type(found) is errors.InvalidResponse
    assert str(found) == message
