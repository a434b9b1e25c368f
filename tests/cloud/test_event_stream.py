"""One connection of the event stream: every format, every end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from dcsync import cloud, errors
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import PROJECT
from tests.cloud.server import Answer, Say, ScriptedServer, cut


def event(number: int, **fields: Any) -> dict[str, Any]:
    """A touch event."""
    time = "2026-11-20T08:15:43.512330Z"
    return {
        "eventId": f"c{number:019d}",
        "targetName": f"projects/{PROJECT}/devices/b5rj9ed7rihk942p48og",
        "eventType": "touch",
        "data": {"touch": {"updateTime": time}},
        "timestamp": time,
        **fields,
    }


PING = event(0, targetName=f"projects/{PROJECT}", eventType="ping", data=None)


def line(content: dict[str, Any]) -> bytes:
    """An event as a JSON line."""
    return json.dumps({"result": {"event": content}}, ensure_ascii=False).encode() + b"\n"


def stream_of(*pieces: bytes) -> Say:
    """An answer that streams these pieces and ends."""
    return Say(body=iter(pieces))


def read(client: cloud.Client, server: ScriptedServer, *answers: Answer) -> list[dict[str, Any]]:
    """All events of a stream that is answered like this."""
    server.say(*answers)
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        return list(stream)


ONE, TWO = event(1), event(2, eventType="somethingNew", data={"somethingNew": None})
ODD = event(3, data={"labelsChanged": {"added": {"name": "a\u2028b\u0085c\x0bd"}}})


@pytest.mark.parametrize(
    ("pieces", "events"),
    [
        ([line(ONE), line(TWO)], [ONE, TWO]),
        ([line(ONE) + line(TWO)], [ONE, TWO]),
        ([line(ONE)[:9], line(ONE)[9:] + line(TWO)[:1], line(TWO)[1:]], [ONE, TWO]),
        ([line(ONE).replace(b"\n", b"\r\n"), b"\r\n", b"\n\n", line(TWO)], [ONE, TWO]),
        ([line(ONE), line(TWO).rstrip(b"\n")], [ONE, TWO]),
        ([line(ODD), line(PING)], [ODD, PING]),
        ([b'{"result":{}}\n{"result":null}\n{"x":1}\n{"result":{"event":7}}\n', line(ONE)], [ONE]),
        ([b"data: " + line(ONE) + b"\n", b"data:" + line(TWO) + b"\n"], [ONE, TWO]),
        (
            [b": hello\n\nevent: e\nid: 7\nretry: 1\ndata: " + line(ONE) + b"\n"],
            [ONE],
        ),
        (
            [b'data: {"result":\r\ndata: {"event":\ndata: ', json.dumps(ONE).encode(), b"}}\n\n"],
            [ONE],
        ),
        ([b"data: " + line(ODD) + b"\ndata: " + line(ONE)], [ODD, ONE]),
        ([], []),
    ],
)
def test_reads_json_lines_and_sse(
    pieces: list[bytes],
    events: list[dict[str, Any]],
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """Events come whole, however the bytes are cut, in both formats; what is no event is passed."""
    assert read(client, server, stream_of(*pieces)) == events


ALONE = b'{"result":{"event":%b}}\n'


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (ALONE % b'{"eventId": "e", "n": 1.50}', b'{"eventId": "e", "n": 1.50}'),
        (b'{"result": {"event": {"eventId": "e"}}}\n', b'{"eventId":"e"}'),
        (b'{"result":{"event":{"eventId":"e"},"more":{"a":1}}}\n', b'{"eventId":"e"}'),
        (b'{"result":{"event":{"eventId":"e"}},"more":{"a":{"b":1}}}\n', b'{"eventId":"e"}'),
        (b'{"result":{"event":{"eventId": "e"}}}\r\n', b'{"eventId":"e"}'),
    ],
)
def test_an_event_that_stands_alone_keeps_its_text(
    payload: bytes, text: bytes, client: cloud.Client, server: ScriptedServer
) -> None:
    """A line that says more than its event is taken apart, not cut."""
    server.say(stream_of(payload))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        [[arrival]] = stream.arrivals()

    assert (arrival.event_id, arrival.text) == ("e", text)
    assert arrival.event == json.loads(payload)["result"]["event"]


HEADS = {
    "eventId": "event_id",
    "targetName": "target_name",
    "eventType": "event_type",
    "timestamp": "timestamp",
}


@pytest.mark.parametrize("key", HEADS)
@pytest.mark.parametrize(
    "value",
    [7, "Kjøl", {"a": "b"}, True, "a b", "\x1b[31m", "x\n::error::y", "../x", "\ud800", "x" * 65],
)
def test_an_event_of_odd_ids_breaks_the_stream(
    key: str, value: Any, client: cloud.Client, server: ScriptedServer
) -> None:
    """What tells events apart is shown, written and compared: ids and times, or nothing."""
    server.say(stream_of(ALONE % json.dumps(event(1, **{key: value})).encode()))
    with (
        cloud.Reader(client).open_stream(PROJECT) as stream,
        pytest.raises(errors.InvalidResponse, match=rf"GET /projects/\w+/devices:stream: .*{key}"),
    ):
        next(stream)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("targetName", "projects/c14u9p094l47cdv1o3pg/devices/b5rj9ed7rihk942p48og"),
        ("timestamp", "2026-02-30T00:00:00Z"),
        ("timestamp", "0001-01-01T00:00:00+23:59"),
        ("timestamp", "2026-11-20T08:15:43"),
        ("timestamp", "2026-11-20"),
        ("timestamp", "20261120T081543Z"),
        ("timestamp", "1700000000"),
    ],
)
def test_an_event_of_elsewhere_or_no_time_breaks_the_stream(
    key: str, value: Any, client: cloud.Client, server: ScriptedServer
) -> None:
    """An event of another project, or of a moment that there is not, is no event of this stream."""
    with pytest.raises(errors.InvalidResponse):
        read(client, server, stream_of(line(event(1, **{key: value}))))


@pytest.mark.parametrize("key", [*HEADS, "text"])
def test_what_is_missing_tells_nothing_apart(
    key: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """An event need not have everything, and its own key `text` is none of ours."""
    strange = event(1, **{key: None})
    server.say(stream_of(ALONE % json.dumps(strange, separators=(",", ":")).encode()))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        [[arrival]] = stream.arrivals()

    assert {name: getattr(arrival, own) for name, own in HEADS.items()} == {
        name: strange[name] or "" for name in HEADS
    }
    assert arrival.event == strange


@pytest.mark.parametrize(
    "value",
    [
        b"123456789012345678901234567890",
        b"18446744073709551616",
        b"-0.1e-7",
        b"1e999",
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\\u0000"',
        b"NaN",
        b"[" * 400 + b"]" * 400,
        b'{"a":1,"a":2}',
    ],
)
def test_an_event_means_what_json_says(
    value: bytes, client: cloud.Client, server: ScriptedServer
) -> None:
    """The fast decoder decides on no event: where it differs from Python's, Python's holds."""
    payload = ALONE % (b'{"data":%b}' % value)

    [found] = read(client, server, stream_of(payload))

    assert repr(found) == repr(json.loads(payload)["result"]["event"])


@pytest.mark.parametrize("text", [b'{"a":1', b'{"a":\xff}', b'{"a":"\xff"}', b"[" * 9000, b"{]"])
def test_what_is_no_json_is_an_error_after_the_events_before_it(
    text: bytes, client: cloud.Client, server: ScriptedServer
) -> None:
    """What came whole is given, though it came together with what is broken."""
    good = json.dumps(ONE, separators=(",", ":")).encode()
    server.say(stream_of(ALONE % good + ALONE % text + ALONE % good))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        assert next(stream) == ONE
        with pytest.raises(errors.InvalidResponse, match="something other than JSON"):
            next(stream)


@pytest.mark.slow
def test_events_of_any_depth_are_read_or_refused(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Where Python reaches its limit the stream says something other than JSON, and no more."""
    outcomes: list[object] = []
    for depth in range(700, 1000):
        nested = b'{"result": {"event": {"data": %b}}}\n' % (b"[" * depth + b"]" * depth)
        try:
            outcomes += read(client, server, stream_of(nested))
        except errors.InvalidResponse as error:
            outcomes.append(error)

    assert len(outcomes) == 300


def test_what_came_together_is_given_together(client: cloud.Client, server: ScriptedServer) -> None:
    """One list for each receive that brought any event; the network may bring more at once."""
    server.say(stream_of(line(ONE) + line(PING) + line(TWO)[:5], line(TWO)[5:], b"\n"))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        first, *others = [[arrival.event for arrival in each] for each in stream.arrivals()]

    assert first[:2] == [ONE, PING]
    assert [*first, *chain.from_iterable(others)] == [ONE, PING, TWO]


def test_asks_for_what_was_asked(client: cloud.Client, server: ScriptedServer) -> None:
    """Every filter is repeated per value; a label filter of None is the key alone."""
    server.say(stream_of())

    cloud.Reader(client).open_stream(
        PROJECT,
        event_types=["touch", "co2"],
        label_filters={"room": "99", "name": None, "empty": ""},
        device_types=["temperature"],
        device_ids=["d1", "d2"],
        ping_interval_s=5,
    ).close()

    (asked,) = server.calls
    assert asked.path == f"/v2/projects/{PROJECT}/devices:stream"
    assert asked.query == (
        ("device_ids", "d1"),
        ("device_ids", "d2"),
        ("device_types", "temperature"),
        ("label_filters", "room=99"),
        ("label_filters", "name"),
        ("label_filters", "empty="),
        ("event_types", "touch"),
        ("event_types", "co2"),
        ("ping_interval", "5s"),
    )


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        ({"code": 5, "message": "not found"}, errors.NotFound),
        ({"code": 404, "message": "not found"}, errors.NotFound),
        ({"code": 3, "message": "x"}, errors.BadRequest),
        ({"code": 9}, errors.BadRequest),
        ({"code": 11}, errors.BadRequest),
        ({"code": 400}, errors.BadRequest),
        ({"code": 16}, errors.CredentialsRefused),
        ({"code": 401}, errors.CredentialsRefused),
        ({"code": 7}, errors.Forbidden),
        ({"code": 403}, errors.Forbidden),
        ({"code": 2}, errors.InternalServerError),
        ({"code": 13}, errors.InternalServerError),
        ({"code": 14}, errors.InternalServerError),
        ({"code": 503}, errors.InternalServerError),
        ({"code": 8}, errors.TooManyRequests),
        ({"code": 1}, errors.ResponseLost),
        ({"code": 4}, errors.ResponseLost),
        ({"code": 504}, errors.ResponseLost),
        ({"grpcCode": 1, "httpCode": 408, "message": "closing stream"}, errors.ResponseLost),
        ({"code": 418}, errors.UnknownStatus),
        ({"code": 77}, errors.InternalServerError),
        ({}, errors.InternalServerError),
        ({"code": "5"}, errors.InternalServerError),
    ],
)
def test_reports_errors_inside_the_stream(
    problem: dict[str, Any],
    error: type[Exception],
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """An error in the stream is the error of its HTTP status, after the events before it."""
    server.say(stream_of(line(ONE), json.dumps({"error": problem}).encode() + b"\n"))
    with cloud.Reader(client).open_stream(PROJECT) as stream:
        assert next(stream) == ONE
        with pytest.raises(error) as caught:
            next(stream)
    assert type(caught.value) is error


def test_reports_a_flat_error_inside_the_stream(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """The shape that other calls use for errors is understood in a stream too."""
    with pytest.raises(errors.NotFound, match="no longer here"):
        read(client, server, stream_of(b'{"error":"no longer here","code":404,"help":""}\n'))


@pytest.mark.parametrize(
    "junk", [b"<html>\n", b"{\n", b"[1]x\n", b'{"result":\xff}\n', b"null x\n"]
)
def test_junk_breaks_the_stream(junk: bytes, client: cloud.Client, server: ScriptedServer) -> None:
    """A line that is no JSON is an error: what else was lost is not known."""
    with pytest.raises(errors.InvalidResponse):
        read(client, server, stream_of(line(ONE), junk, line(TWO)))


def _broken_off() -> Iterator[bytes]:
    yield line(ONE)
    cut()


def test_a_broken_connection_is_an_error(client: cloud.Client, server: ScriptedServer) -> None:
    """A connection that ends without the end of the stream is ResponseLost."""
    with pytest.raises(errors.ResponseLost, match="the connection was lost"):
        read(client, server, Say(body=_broken_off()))


def test_an_event_cut_in_two_is_an_error(client: cloud.Client, server: ScriptedServer) -> None:
    """A stream that ends in the middle of an event is not a clean end."""
    with pytest.raises(errors.InvalidResponse):
        read(client, server, stream_of(line(ONE), line(TWO)[:-9]))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Say(404, {"error": {"code": 5, "message": "not found"}}), errors.NotFound),
        (Say(403, {"error": "forbidden", "code": 403}), errors.Forbidden),
        (Say(503, raw=b"<html>"), errors.ServerError),
        (Say(204), errors.InvalidResponse),
        (Say(302, headers={"Location": "/"}), errors.ApiError),
        (Say(drop=True), errors.ResponseLost),
    ],
)
def test_a_refused_stream_is_an_error_at_once(
    answer: Say,
    error: type[Exception],
    client: cloud.Client,
    server: ScriptedServer,
    time: FakeTime,
) -> None:
    """Opening raises what the answer means; trying again is left to the caller."""
    with pytest.raises(error):
        read(client, server, answer)
    assert len(server.calls) == 1
    assert time.slept == []


def test_opening_takes_a_fresh_token_and_keeps_the_pace(
    client: cloud.Client, server: ScriptedServer, time: FakeTime
) -> None:
    """A stream is opened with a new token after 401 and after the wait of a 429."""
    refused, limited = Say(401, {"error": "expired"}), Say(429, {}, {"Retry-After": "4"})

    assert read(client, server, refused, limited, stream_of(line(ONE))) == [ONE]
    assert len(server.tokens) == 2
    assert time.slept == [4.0]


def test_a_token_refused_inside_the_stream_is_not_used_again(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """After 401 in the stream the next connection asks for a fresh token."""
    with pytest.raises(errors.Unauthorized):
        read(client, server, stream_of(b'{"error":{"code":16,"message":"expired"}}\n'))
    assert read(client, server, stream_of(line(ONE))) == [ONE]
    assert len(server.tokens) == 2


class Silence:
    """A streamed body that sends one event and then waits for its reader to go."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self.waiting = threading.Event()

    def pieces(self) -> Iterator[bytes]:
        yield line(ONE)
        self.waiting.set()
        try:
            while True:  # writing pings is how a server notices that its reader has gone
                yield b"\n"
                if self.gone.wait(0.01):
                    return
        finally:
            self.gone.set()


def test_leaving_closes_the_socket(client: cloud.Client, server: ScriptedServer) -> None:
    """When the `with` is left, the server sees the connection end."""
    silence = Silence()
    server.say(Say(body=silence.pieces()))

    with cloud.Reader(client).open_stream(PROJECT) as stream:
        assert next(stream) == ONE

    assert silence.gone.wait(10)
    assert list(stream) == []


def test_closing_from_another_thread_wakes_the_reader(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """A reader that waits for the next event ends in good order when the stream is closed."""
    quiet = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield line(ONE)
        quiet.wait(10)

    server.say(Say(body=pieces()))
    stream = cloud.Reader(client).open_stream(PROJECT)
    assert next(stream) == ONE
    found: list[dict[str, Any]] = []
    reader = threading.Thread(target=lambda: found.extend(stream))
    reader.start()

    stream.close()
    reader.join(10)

    assert not reader.is_alive()
    assert found == []
    quiet.set()


def test_silence_breaks_the_stream(client: cloud.Client, server: ScriptedServer) -> None:
    """A stream on which not even pings arrive is lost."""
    quiet = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield line(ONE)
        quiet.wait(10)

    server.say(Say(body=pieces()))
    request = cloud.reader.stream_request(PROJECT)
    with client.open_stream(request, silence_s=0.05) as stream:
        assert next(stream) == ONE
        with pytest.raises(errors.ResponseLost, match="no data in time"):
            next(stream)
    quiet.set()


def test_an_endless_line_is_an_error(client: cloud.Client, server: ScriptedServer) -> None:
    """A line without end does not fill the memory."""
    megabyte = b"x" * 2**20

    with pytest.raises(errors.InvalidResponse, match="a line that is too long"):
        read(client, server, stream_of(b"{", *[megabyte] * 20))
