"""The event stream: both formats, filters, pings, errors, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import requests

from dcsync import emulator
from tests.emulator.conftest import PROJECT, Api


@pytest.fixture(autouse=True)
def devices(cloud: emulator.Emulator, project: str) -> dict[str, str]:
    """Three devices by type."""
    labels = {
        "temperature": {"room": "99"},
        "touch": {"group": "red"},
        "humidity": {"room": "99", "group": "red"},
    }
    return {kind: cloud.add_device(project, kind, labels[kind]) for kind in labels}


def events(stream: requests.Response) -> Iterator[Any]:
    """The events of a stream of JSON lines."""
    for line in stream.iter_lines(chunk_size=1):
        yield json.loads(line)["result"]["event"]


def publish_all(cloud: emulator.Emulator, devices: dict[str, str]) -> list[Any]:
    """One touch from each device."""
    return [cloud.publish(PROJECT, device, "touch") for device in devices.values()]


def test_json_lines(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """A stream carries one JSON object a line: the published event in its envelope, no more."""
    with api.stream(PROJECT) as stream:
        sent = publish_all(cloud, devices)
        got = list(islice(events(stream), 3))

    assert stream.headers["Content-Type"] == "application/json"
    assert got == sent
    assert list(got[0]) == ["eventId", "targetName", "eventType", "data", "timestamp"]


def test_server_sent_events(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """Asked for, the same objects come as server-sent events."""
    with api.stream(PROJECT, accept="text/event-stream") as stream:
        sent = cloud.publish(PROJECT, devices["touch"], "touch")
        lines = list(islice(stream.iter_lines(chunk_size=1), 2))

    assert stream.headers["Content-Type"] == "text/event-stream"
    assert lines[1] == b""
    assert json.loads(lines[0].removeprefix(b"data: ")) == {"result": {"event": sent}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["temperature", "touch", "humidity"]),
        ({"device_types": ["touch", "humidity"]}, ["touch", "humidity"]),
        ({"event_types": "touch"}, ["temperature", "touch", "humidity"]),
        ({"eventTypes": "touch"}, ["temperature", "touch", "humidity"]),
        ({"label_filters": "room"}, ["temperature", "humidity"]),
        ({"label_filters": "room=99"}, ["temperature", "humidity"]),
        ({"label_filters": ["room=99", "group=red"]}, ["temperature", "touch", "humidity"]),
        ({"label_filters": "room=1"}, []),
        ({"label_filters": "room", "device_types": "touch"}, []),
    ],
    ids=str,
)
def test_filters(
    cloud: emulator.Emulator,
    api: Api,
    devices: dict[str, str],
    query: dict[str, Any],
    expected: list[str],
) -> None:
    """Parameters combine as AND, values of one as OR, several label filters as OR."""
    last = cloud.add_device(PROJECT, "motion", {"room": "99", "group": "red"})
    ids = [*devices.values(), last]
    with api.stream(PROJECT, **{"device_ids": ids, **query}) as stream:
        publish_all(cloud, devices)
        stream_end = cloud.publish(PROJECT, last, "touch")
        cloud.close_streams()
        got = [event["targetName"].rpartition("/")[2] for event in events(stream)]

    kinds = {device: kind for kind, device in devices.items()}
    assert [kinds[device] for device in got if device in kinds] == expected
    assert stream_end["eventType"] == "touch"


def test_device_ids_filter(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """Only the named devices' events come."""
    with api.stream(PROJECT, device_ids=[devices["touch"], devices["humidity"]]) as stream:
        sent = publish_all(cloud, devices)
        got = list(islice(events(stream), 2))

    assert got == sent[1:]


def test_event_types_filter(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """Only the named event types come."""
    with api.stream(PROJECT, event_types=["temperature", "labelsChanged"]) as stream:
        publish_all(cloud, devices)
        sent = cloud.publish(PROJECT, devices["temperature"], "temperature", {"value": 1})
        got = next(events(stream))

    assert got == sent


def test_label_filters_switch(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """Several label filters of a stream can mean AND as well."""
    cloud.switch(stream_label_filters="and")
    with api.stream(PROJECT, label_filters=["room=99", "group=red"]) as stream:
        sent = publish_all(cloud, devices)
        got = next(events(stream))

    assert got == sent[2]


def test_other_projects_are_not_heard(cloud: emulator.Emulator, api: Api) -> None:
    """A stream is of one project."""
    other = cloud.add_project("Store Oslo")
    device = cloud.add_device(other, "touch")
    own = cloud.add_device(PROJECT, "touch")
    with api.stream(PROJECT) as stream:
        cloud.publish(other, device, "touch")
        sent = cloud.publish(PROJECT, own, "touch")
        got = next(events(stream))

    assert got == sent


@pytest.mark.parametrize("query", [{}, {"event_types": "touch"}], ids=str)
def test_pings(clock: emulator.ManualClock, query: dict[str, str]) -> None:
    """An idle stream carries a ping each interval, whatever its event types; its data is null."""
    with emulator.running(clock=clock) as cloud:
        project = cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session, api.stream(project, ping_interval="10s", **query) as stream:
            clock.advance(10)
            ping = next(events(stream))

    assert (ping["targetName"], ping["eventType"], ping["data"]) == (
        f"projects/{PROJECT}",
        "ping",
        None,
    )
    assert emulator.timestamp(clock.now()) == ping["timestamp"]


def test_no_pings_unless_asked(clock: emulator.ManualClock) -> None:
    """Without the parameter nothing is sent on an idle stream; a switch changes that."""
    with emulator.running(clock=clock, stream_max_s=100) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session:
            for expected, interval in ((0, None), (1, 60.0)):
                cloud.switch(default_ping_interval_s=interval)
                with api.stream(PROJECT) as stream:
                    clock.advance(60)
                    lines = stream.iter_lines(chunk_size=1)
                    pings = [next(lines) for _ in range(expected)]
                    clock.advance(40)
                    rest = list(lines)

                assert len(pings) == expected
                assert [list(json.loads(line)) for line in rest] == [["error"]]


@pytest.mark.parametrize("interval", ["soon", "0s", "-1s", "10m"])
def test_bad_ping_interval(api: Api, interval: str) -> None:
    """A ping interval that is no duration is an error of the stream's own nested form."""
    with api.stream(PROJECT, ping_interval=interval) as answer:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == 3


def test_shortest_ping_switch(cloud: emulator.Emulator, api: Api) -> None:
    """Intervals below a limit can be refused."""
    cloud.switch(shortest_ping_s=5)
    statuses = []
    for interval in ("4s", "5s"):
        with api.stream(PROJECT, ping_interval=interval) as stream:
            statuses.append(stream.status_code)

    assert statuses == [400, 200]


@pytest.mark.parametrize(("codes", "code"), [("grpc", 5), ("http", 404)])
@pytest.mark.parametrize("accept", ["*/*", "text/event-stream"])
def test_error_before_the_first_event(
    cloud: emulator.Emulator, api: Api, codes: str, code: int, accept: str
) -> None:
    """An error has the nested form in both formats, by gRPC code or HTTP code."""
    cloud.switch(stream_error_codes=codes)

    with api.stream("c16pegipidie7lltrefg", accept=accept) as answer:
        error = json.loads(answer.text.strip().removeprefix("data: "))["error"]

    assert answer.status_code == 404
    assert (error["code"], error["message"]) == (code, "no such project")


def test_longest_stream_switch(clock: emulator.ManualClock) -> None:
    """A stream can be made to end after a time, with the time-out error."""
    with emulator.running(clock=clock, stream_max_s=60) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with api.session, api.stream(PROJECT) as stream:
            clock.advance(60)
            lines = list(stream.iter_lines())

    assert [json.loads(line)["error"]["code"] for line in lines] == [4]


@pytest.mark.parametrize("chunked", [True, False])
def test_framing_switch(
    cloud: emulator.Emulator, api: Api, devices: dict[str, str], chunked: bool
) -> None:
    """A stream is chunked, or ends with its connection."""
    cloud.switch(stream_chunked=chunked)
    with api.stream(PROJECT) as stream:
        sent = publish_all(cloud, devices)
        got = list(islice(events(stream), 3))
        cloud.close_streams(PROJECT)
        rest = list(stream.iter_lines())

    assert (got, rest) == (sent, [])
    assert ("Transfer-Encoding" in stream.headers) == chunked


def test_stream_is_open_when_it_answers(
    cloud: emulator.Emulator, api: Api, devices: dict[str, str]
) -> None:
    """What is published once the answer's head is there is never missed."""
    for _ in range(20):
        with api.stream(PROJECT) as stream:
            sent = cloud.publish(PROJECT, devices["touch"], "touch")
            assert next(events(stream)) == sent


def test_streams_are_counted(cloud: emulator.Emulator, api: Api) -> None:
    """Tests can wait for streams to open and to close."""
    with api.stream(PROJECT), api.stream(PROJECT):
        assert cloud.wait_for_streams(2)

    cloud.close_streams()

    assert cloud.wait_for_streams(0)


@pytest.mark.slow
def test_fifty_streams(cloud: emulator.Emulator, api: Api, devices: dict[str, str]) -> None:
    """Each of many streams gets each event."""
    streams = [api.stream(PROJECT) for _ in range(50)]
    sent = publish_all(cloud, devices)

    for stream in streams:
        with stream:
            assert list(islice(events(stream), 3)) == sent


def test_pings_can_heed_the_filter(clock: emulator.ManualClock) -> None:
    """By a switch, a stream with an event-type filter gets no pings."""
    with emulator.running(clock=clock, ping_passes_filter=False, stream_max_s=50) as cloud:
        cloud.add_project("Head office", PROJECT)
        api = Api(cloud, cloud.account)
        with (
            api.session,
            api.stream(PROJECT, ping_interval="10s", event_types="touch") as stream,
        ):
            clock.advance(20)
            clock.advance(30)
            lines = list(stream.iter_lines())

    assert [list(json.loads(line)) for line in lines] == [["error"]]


def test_streams_per_account_switch(cloud: emulator.Emulator, api: Api) -> None:
    """An account can be held to so many open streams."""
    cloud.switch(streams_per_account=1)
    with api.stream(PROJECT), api.stream(PROJECT) as second:
        refused = second.json()["error"]["code"]
        cloud.close_streams()

    assert cloud.wait_for_streams(0)
    with api.stream(PROJECT) as third:
        assert (refused, third.status_code) == (8, 200)
