"""`watch --format cloudevents`: what the CloudEvents SDK's own parser makes of each line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from dcsync import emulator
from dcsync.cloud.arrival import arrival_of
from dcsync.render.cloudevents import cloudevent_line
from tests.watch.conftest import Run

OSLO = "c0md3pm0p7bet3vico8g"
DECLARATION = f"""
dcsync: 1
project: {OSLO}
policy: {{prune: none}}
connectors: {{ingest: {{config: {{url: https://ingest.example.com}}}}}}
"""


def parsed(line: str) -> CloudEvent:
    """What the SDK reads; it raises for attributes that the specification does not allow."""
    event = JSONFormat().read(CloudEvent, line)
    assert isinstance(event, CloudEvent)
    return event


def test_each_line_is_a_cloudevent(cloud: emulator.Emulator, run: Run) -> None:
    """Id, source, type, time and subject tell the event; its data are the event's own."""
    with open("connectors.yaml", "w") as file:  # noqa: PTH123 - in the test's own folder
        file.write(DECLARATION)
    cloud.add_project("Oslo", OSLO)
    fridge = cloud.add_device(OSLO, "temperature", {"name": "Frïdge\u2028"})
    sent = [
        cloud.publish(OSLO, fridge, "temperature", {"value": 4.5}),
        cloud.publish(OSLO, fridge, "touch"),
    ]

    done = run("watch", "--since", "1h", "--count", "2", "--format", "cloudevents", "-q")

    assert done.returncode == 0, done.stderr
    events = [parsed(line) for line in done.stdout.splitlines()]
    assert [each.get_id() for each in events] == [each["eventId"] for each in sent]
    assert [each.get_type() for each in events] == [
        "com.disruptive-technologies.temperature",
        "com.disruptive-technologies.touch",
    ]
    for each, original in zip(events, sent, strict=True):
        time = each.get_time()
        assert time is not None
        assert f"{time:%Y-%m-%dT%H:%M:%S.%fZ}" == original["timestamp"]
        assert each.get_source() == (
            f"//api.disruptive-technologies.com/projects/{OSLO}/devices/{fridge}"
        )
        assert (each.get_subject(), each.get_data()) == (fridge, original["data"])
        assert each.get_datacontenttype() == "application/json"


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"eventId": "", "eventType": "", "targetName": "", "timestamp": "", "data": None},
        {"eventId": "e", "timestamp": "yesterday", "data": [1, {"deep": None}]},
        {"eventId": "e", "timestamp": "2026-03-01T12:00:00", "data": "text"},
        {"eventId": "e", "timestamp": "0001-01-01T00:00:00+14:00"},
        {"eventId": "e", "eventType": "labelsChanged", "data": {"added": {"k": "\u2028##[x]"}}},
        {"eventId": "Ø\ud800", "targetName": "projects/p", "data": {"x": 10**30}},
    ],
)
def test_odd_events_are_cloudevents_too(event: dict[str, Any]) -> None:
    """What an event lacks is left out or replaced, as far as the specification asks for it."""
    line = cloudevent_line(arrival_of(event))

    assert line.isascii()
    assert parsed(line).get_data() == event.get("data")
    written = json.loads(line)
    assert written["id"]
    assert ("time" in written) == (event.get("timestamp", "").endswith("Z"))
