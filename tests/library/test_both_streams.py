"""Streams in both libraries; the intent of the SDK's tests of them."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import pytest

from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer
from tests.cloud.test_event_stream import PING, event, line
from tests.library.either import differs

pytestmark = [
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


def _stream(*lines: bytes) -> Say:
    return Say(body=iter(lines))


def test_arguments(dt: Any, server: ScriptedServer) -> None:
    """Every filter is sent; a label value of None stands for any."""
    server.say(_stream(line(event(1))))
    stream = dt.Stream.event_stream(
        project_id=PROJECT,
        device_ids=["id1", "id2"],
        label_filters={"l1": "v1", "l2": None},
        device_types=["temperature", "touch"],
        event_types=["touch"],
        request_attempts=9,
    )
    next(stream)
    stream.close()

    (asked,) = server.calls
    assert asked.path == f"/v2/projects/{PROJECT}/devices:stream"
    assert sorted(asked.query) == [
        ("device_ids", "id1"),
        ("device_ids", "id2"),
        ("device_types", "temperature"),
        ("device_types", "touch"),
        ("event_types", "touch"),
        ("label_filters", "l1=v1"),
        ("label_filters", "l2"),
        ("ping_interval", "10s"),
    ]


def test_pings_are_no_events(dt: Any, server: ScriptedServer) -> None:
    """What is yielded are the events, in their order and as they are."""
    events = [event(number) for number in range(1, 5)]
    server.say(_stream(*(part for each in events for part in (line(PING), line(each)))))

    stream = dt.Stream.event_stream(PROJECT)
    found = list(itertools.islice(stream, 4))
    stream.close()

    assert [each.raw for each in found] == events
    assert [each._raw for each in found] == events
    assert all(isinstance(each, dt.events.Event) for each in found)


AWAY = {"error": {"code": 503, "message": "away"}}


def test_a_lost_connection_is_taken_up_again(dt: Any, server: ScriptedServer) -> None:
    """After its end, an error inside of it, or a server error there is another connection."""
    server.say(
        _stream(line(event(1))),
        Say(503, AWAY),
        _stream(b'{"error":{"code":503,"message":"away"}}\n'),
        Say(drop=True),
        _stream(line(event(2))),
    )
    stream = dt.Stream.event_stream(PROJECT, request_attempts=9)
    found = list(itertools.islice(stream, 2))
    stream.close()

    assert [each.event_id for each in found] == [event(1)["eventId"], event(2)["eventId"]]
    assert len(server.calls) == 5


@pytest.mark.parametrize("attempts", [1, 7])
def test_attempts(attempts: int, dt: Any, server: ScriptedServer) -> None:
    """It is given up with a ConnectionError, and the process is as it was."""
    server.otherwise = Say(drop=True)

    with pytest.raises(dt.errors.ConnectionError):
        next(dt.Stream.event_stream(PROJECT, request_attempts=attempts))

    assert len(server.calls) == differs(dt, "attempts", sdk=attempts + 1, ours=attempts)
    assert sys.tracebacklimit == differs(dt, "tracebacks", sdk=0, ours=1000)


def test_a_refused_stream(dt: Any, server: ScriptedServer) -> None:
    """What another connection would only hear again is raised at once."""
    server.otherwise = Say(404, {"error": {"code": 404, "message": "not found"}})

    with pytest.raises(dt.errors.NotFound):
        next(dt.Stream.event_stream(PROJECT, request_attempts=2))

    assert len(server.calls) == differs(dt, "stream refusals", sdk=3, ours=1)


def test_the_base_url_of_a_stream(dt: Any, server: ScriptedServer) -> None:
    """It counts for the call; the SDK does not look at it."""
    server.say(_stream(line(event(1))))
    stream = dt.Stream.event_stream(PROJECT, base_url=f"{server.url}/other")
    next(stream)
    stream.close()

    start = server.calls[0].path.partition("/projects")[0]
    assert start == differs(dt, "stream base_url", sdk="/v2", ours="/other")


def test_an_event_of_another_project(dt: Any, server: ScriptedServer) -> None:
    """It was not asked for; the SDK takes it for one of the project."""
    server.otherwise = _stream(line({**event(1), "targetName": "projects/other/devices/d"}))
    stream = dt.Stream.event_stream(PROJECT, request_attempts=1)

    if differs(dt, "another", sdk=False, ours=True):
        with pytest.raises(dt.errors.UnknownError):
            next(stream)
    else:
        assert next(stream).project_id == "other"
    stream.close()


def test_a_blank_line(dt: Any, server: ScriptedServer) -> None:
    """It ends no stream; the SDK's decoder raises."""
    server.say(_stream(b"\n", line(event(1))))
    stream = dt.Stream.event_stream(PROJECT)

    if differs(dt, "stream robustness", sdk=True, ours=False):
        with pytest.raises(ValueError, match="Expecting value"):
            next(stream)
    else:
        assert next(stream).raw == event(1)
    stream.close()
