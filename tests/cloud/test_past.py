"""Event history as events that have arrived: as they were written, or not at all."""

from __future__ import annotations

import json
import re

import pytest

from dcsync import cloud
from dcsync.cloud.past import history_page
from dcsync.cloud.request import Request, Response
from dcsync.errors import InvalidResponse
from dcsync.watch.moments import seconds_of
from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer

TARGET = f'"targetName":"projects/{PROJECT}/devices/b0000000000000000000"'
EVENT = f'{{"eventId": "e1", {TARGET}, "data": {{"value": 4.50, "n": 1e2}}, "name": "Kjøl"}}'


def past(client: cloud.Client, server: ScriptedServer, *pages: str) -> list[bytes]:
    server.say(*(Say(raw=page.encode()) for page in pages))
    arrivals = cloud.Reader(client).past_arrivals(
        PROJECT,
        "b0000000000000000000",
        event_types=["temperature"],
        start_time="2026-03-01T00:00:00Z",
        end_time="2026-03-02T00:00:00Z",
    )
    return [each.text for each in arrivals]


def test_events_stay_as_they_were_written(client: cloud.Client, server: ScriptedServer) -> None:
    """Numbers, spaces, order and characters; over all pages."""
    other = f'{{{TARGET}, "timestamp":"2026-03-01T12:00:00Z"}}'
    first = f'{{ "events": [ {EVENT} , {EVENT}], "nextPageToken": "next" }}'

    assert past(client, server, first, f'{{"events":[{other}]}}') == [
        EVENT.encode(),
        EVENT.encode(),
        other.encode(),
    ]
    assert [dict(call.query).get("pageToken") for call in server.calls] == [None, "next"]


@pytest.mark.parametrize(
    "page",
    [
        "[]",
        "{}",
        "null",
        "",
        '{"events": null}',
        '{"events": {}}',
        '{"events": [1]}',
        '{"events": ["x"]}',
        '{"events": [null]}',
        '{"events": [[]]}',
        '{"events": [], "nextPageToken": 7}',
        '{"events": [{"eventId": 7}]}',
        '{"events": [{"eventId": "../x"}]}',
        '{"events": [{"timestamp": "yesterday"}]}',
        '{"events": [{"targetName": "projects/c0md3pm0p7bet3vico99/devices/d"}]}',
        '{"events": [{"eventId": "a"}',
    ],
)
def test_a_page_that_is_none_is_no_empty_one(
    page: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """A backfill would take it for a device without events."""
    with pytest.raises(InvalidResponse):
        past(client, server, page)


def test_an_event_that_is_none_is_told(client: cloud.Client, server: ScriptedServer) -> None:
    """The call and what is wrong with its response, and nothing of the response."""
    with pytest.raises(InvalidResponse) as caught:
        past(client, server, '{"events": [1]}')

    assert str(caught.value) == (
        f"GET /projects/{PROJECT}/devices/b0000000000000000000/events: "
        "a page of the listing has no list of events"
    )


def test_what_only_python_reads_is_read(client: cloud.Client, server: ScriptedServer) -> None:
    """msgspec refuses NaN, and Python's json decides."""
    assert past(client, server, '{"events": [{"eventId": "a", "x": NaN}]}') == [
        b'{"eventId":"a","x":NaN}'
    ]


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"eventId": "a", "timestamp": "2026-11-20t08:15:43.5z"},
        {"eventId": "a\nb"},
        {"eventId": "a\n"},
        {"eventId": "a" * 65},
        {"timestamp": "2026-11-20T08:15:43Z\n2026-11-20T08:15:43Z"},
        {"timestamp": "2026-02-30T08:15:43Z"},
        {"timestamp": "0001-01-01T00:00:00Z"},
        {"timestamp": "9999-12-31T23:59:59-23:59"},
        {"targetName": "projects/c0md3pm0p7bet3vico99/devices/d"},
        {"targetName": "a b"},
        {"eventType": "a/b"},
        {"eventType": None},
        {"text": "another key of the same name"},
    ],
)
def test_all_at_once_is_as_strict_as_one_by_one(head: dict[str, str]) -> None:
    """A page of many events is right exactly if each of them is, with the same message."""
    others = [{"eventId": f"e{n}", "timestamp": f"2026-11-20T08:15:4{n}Z"} for n in range(3)]
    texts = [json.dumps(each).encode() for each in (*others, head, *others)]
    request = Request("GET", "/events")

    def page(*events: bytes) -> list[tuple[str, bytes, float | None]]:
        body = b'{"events":[%b]}' % b",".join(events)
        found = history_page(request, Response(200, {}, body), PROJECT)["events"]
        return [(each.event_id, each.text, each.at_s) for each in found]

    def one_by_one() -> list[tuple[str, bytes, float | None]]:
        """What is not ASCII is never taken at once."""
        return page(*texts, '{"name":"ø"}'.encode())[:-1]

    try:
        expected = one_by_one()
    except InvalidResponse as error:
        with pytest.raises(InvalidResponse, match=re.escape(str(error))):
            page(*texts)
    else:
        assert page(*texts) == expected
        assert [text for _, text, _ in expected] == texts


@pytest.mark.parametrize("company", ["2026-11-20T08:15:43.123456Z", "2026-11-20T08:15:43Z", ""])
@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-11-20T08:15:43.123456Z",
        "2026-11-20T08:15:43.5Z",
        "2026-11-20T08:15:43.123456789Z",
        "2026-11-20t08:15:43z",
        "2026-11-20T08:15:43+05:30",
        "1999-12-31T23:59:59.999999-23:59",
        "2999-01-01T00:00:00Z",
        "",
    ],
)
def test_an_event_is_of_its_own_time(timestamp: str, company: str) -> None:
    """Whatever the form, and that of the events beside it; a key that says otherwise is no time."""
    others = [{"timestamp": company, "atS": 1.0}] * 2
    events = [*others, {"timestamp": timestamp, "atS": 2.0}]
    response = Response(200, {}, json.dumps({"events": events}).encode())

    found = history_page(Request("GET", "/events"), response, PROJECT)["events"]

    assert [each.at_s for each in found] == [seconds_of(each["timestamp"]) for each in events]
