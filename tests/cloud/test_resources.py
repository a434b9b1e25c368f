"""Ids, names, types and times of the API: what it documents, or an invalid response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcsync import cloud, errors
from dcsync.cloud import resources
from dcsync.cloud.resources import is_id, is_timestamp
from tests.cloud.samples import CONNECTOR, OTHER_PROJECT, PROJECT, resource
from tests.cloud.server import Say, ScriptedServer
from tests.examples import examples

DEVICE = "b5rj9ed7rihk942p48og"

ODD_IDS = [
    "", " ", ".", "..", "a b", "a\n", "a\x1b[31m", "a%2f", "a?b", "a#b", "å", "\ud800", "a" * 65,
    "::error::x", "$(id)", "a;b", "a'b", "٣",
]  # fmt: skip
ODD_COUNTS: list[Any] = [
    -1, 1.5, True, "x", "", "-1", "1e3", [1], {}, 10**19, "9" * 5000, 1e999,
]  # fmt: skip
ODD_LATENCIES: list[Any] = [1, True, "fast", "-1s", "1", "s", ["1s"], "1s\n", "1e9s"]
ODD_STRINGS = [7, 0, False, True, 1.5, [], ["x"], {}, {"a": "b"}]


def _device(**fields: Any) -> dict[str, Any]:
    return {"name": f"projects/{PROJECT}/devices/{DEVICE}", "type": "touch", **fields}


def _event(**fields: Any) -> dict[str, Any]:
    return {"eventId": "c1", "targetName": f"projects/{PROJECT}/devices/{DEVICE}", **fields}


def _project(**fields: Any) -> dict[str, Any]:
    return {"name": f"projects/{PROJECT}", "displayName": "Plant", "inventory": False, **fields}


LISTINGS: dict[str, Callable[[cloud.Reader], Any]] = {
    "dataConnectors": lambda reader: reader.list_data_connectors(PROJECT),
    "devices": lambda reader: reader.list_devices(PROJECT),
    "events": lambda reader: list(reader.event_history(PROJECT, DEVICE)),
    "projects": lambda reader: reader.list_projects(),
}
MAKERS: dict[str, Callable[..., dict[str, Any]]] = {
    "dataConnectors": resource,
    "devices": _device,
    "events": _event,
    "projects": _project,
}


def _refused() -> list[tuple[str, dict[str, Any]]]:
    """A kind of item, and the fields that make one of it invalid."""
    named = [
        *(("dataConnectors", {"name": f"projects/{each}/dataconnectors/c"}) for each in ODD_IDS),
        *(
            ("dataConnectors", {"name": f"projects/{PROJECT}/dataconnectors/{each}"})
            for each in ODD_IDS
        ),
        *(("devices", {"name": f"projects/{PROJECT}/devices/{each}"}) for each in ODD_IDS),
        *(("devices", {"name": f"projects/{each}/devices/d"}) for each in ODD_IDS),
        *(("projects", {"name": f"projects/{each}"}) for each in ODD_IDS),
        *(("projects", {"organization": f"organizations/{each}"}) for each in ODD_IDS),
        *(("events", {"eventId": each}) for each in ODD_IDS if each),
        *(("events", {"targetName": f"projects/{PROJECT}/devices/{each}"}) for each in ODD_IDS),
        *(("events", {"eventType": each}) for each in ODD_IDS if each),
    ]
    typed = [
        (kind, {key: value})
        for kind, keys in {
            "dataConnectors": ("name", "displayName", "type", "status"),
            "devices": ("name", "type", "productNumber"),
            "projects": ("name", "displayName", "organization", "organizationDisplayName"),
            "events": ("eventId", "targetName", "eventType", "timestamp"),
        }.items()
        for key in keys
        for value in ODD_STRINGS
    ]
    others: list[tuple[str, dict[str, Any]]] = [
        ("dataConnectors", {"name": None}),
        ("dataConnectors", {"name": f"projects/{OTHER_PROJECT}/dataconnectors/{CONNECTOR}"}),
        ("dataConnectors", {"name": f"x/projects/{PROJECT}/dataconnectors/{CONNECTOR}"}),
        ("dataConnectors", {"name": f"projects/{PROJECT}/dataconnectors/{CONNECTOR}\n"}),
        ("dataConnectors", {"events": "touch"}),
        ("dataConnectors", {"labels": [1]}),
        ("dataConnectors", {"labels": {"a": "b"}}),
        ("dataConnectors", {"httpConfig": []}),
        ("dataConnectors", {"httpConfig": {"headers": {"\x1b": 7}}}),
        ("devices", {"name": None}),
        ("devices", {"name": f"projects/{OTHER_PROJECT}/devices/{DEVICE}"}),
        ("devices", {"labels": {"room": 7}}),
        ("devices", {"labels": {"room": None}}),
        ("devices", {"labels": ["room"]}),
        ("devices", {"labels": "room"}),
        ("projects", {"name": None}),
        ("projects", {"name": f"projects/{PROJECT}/devices/{DEVICE}"}),
        ("projects", {"inventory": "yes"}),
        ("projects", {"inventory": 1}),
        ("events", {"targetName": f"projects/{OTHER_PROJECT}/devices/{DEVICE}"}),
        ("events", {"targetName": "/".join("a" * 9)}),
        ("events", {"timestamp": "yesterday"}),
    ]
    return [*named, *typed, *others]


@pytest.mark.parametrize(("kind", "fields"), _refused())
def test_what_the_api_does_not_document_is_an_invalid_response(
    kind: str, fields: dict[str, Any], client: cloud.Client, server: ScriptedServer
) -> None:
    """The error names the call, and repeats nothing of what came."""
    good = MAKERS[kind]()
    server.say(Say(body={kind: [good, {**good, **fields}], "nextPageToken": ""}))

    with pytest.raises(errors.InvalidResponse, match=r"^GET /projects.*: .*the response") as caught:
        LISTINGS[kind](cloud.Reader(client))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("dataConnectors", {"name": f"projects/{PROJECT}/dataConnectors/{CONNECTOR}"}),
        ("dataConnectors", {"displayName": None, "status": None, "labels": None, "events": None}),
        ("dataConnectors", {"displayName": "Øl \x1b[31m \ud800"}),
        ("dataConnectors", {"type": "NEW_TYPE", "status": "NEW"}),
        ("devices", {"type": None, "labels": None, "productNumber": None}),
        ("devices", {"labels": {"name": "a\nb", "": ""}}),
        ("events", {"eventId": None, "targetName": None, "eventType": None, "timestamp": None}),
        ("events", {"targetName": "organizations/o1/gateways/g1"}),
        ("events", {"timestamp": "2026-11-20T08:15:43.512330123+01:00"}),
        ("projects", {"organization": None, "displayName": None, "inventory": None}),
        ("projects", {"organization": "organizations/o-1_A"}),
    ],
)
def test_what_may_be_missing_or_new_is_taken(
    kind: str, fields: dict[str, Any], client: cloud.Client, server: ScriptedServer
) -> None:
    """Strict with what is used for more than showing; what is shown may say anything."""
    server.say(Say(body={kind: [{**MAKERS[kind](), **fields}], "nextPageToken": ""}))

    assert len(LISTINGS[kind](cloud.Reader(client))) == 1


@pytest.mark.parametrize(
    "answer", [resource(7), resource(project=OTHER_PROJECT), {**resource(), "name": "x"}, {}]
)
def test_a_connector_must_be_the_one_that_was_asked_for(
    answer: dict[str, Any], client: cloud.Client, server: ScriptedServer
) -> None:
    """Another connector's data under this id would be compared, and written back."""
    server.say(Say(body=answer))

    with pytest.raises(errors.InvalidResponse, match=f"^GET /projects/{PROJECT}/dataconnectors/"):
        cloud.Reader(client).get_data_connector(PROJECT, CONNECTOR)


def test_any_project_may_hold_what_the_wildcard_asks_for(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Project `-` stands for all."""
    server.say(Say(body={"devices": [_device()], "nextPageToken": ""}))

    assert cloud.Reader(client).list_devices("-", organization_id="o1") == [_device()]


@pytest.mark.parametrize(
    ("metrics", "found"),
    [
        ({"successCount": 9, "errorCount": "7", "latency99p": "0.411s"}, (9, 7, "0.411s")),
        ({"successCount": None, "latency99p": "3s"}, (0, 0, "3s")),
        ({}, (0, 0, "")),
        *(({key: value}, None) for key in ("successCount", "errorCount") for value in ODD_COUNTS),
        *(({"latency99p": value}, None) for value in ODD_LATENCIES),
    ],
)
def test_metrics_are_counts_and_a_duration(
    metrics: dict[str, Any],
    found: tuple[int, int, str] | None,
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """What is neither is an invalid response, not a zero that nobody counted."""
    server.say(Say(body={"metrics": metrics}))
    reader = cloud.Reader(client)
    if found is None:
        with pytest.raises(errors.InvalidResponse, match=r"^GET .*:metrics: the response"):
            reader.get_metrics(PROJECT, CONNECTOR)
    else:
        read = reader.get_metrics(PROJECT, CONNECTOR)
        assert (read.success_count, read.error_count, read.latency_99p) == found


@settings(max_examples=examples(50))
@given(st.text(st.sampled_from("aZ09-_/.\n å٣\x00"), max_size=70))
def test_an_id_is_what_may_stand_anywhere(text: str) -> None:
    """Letters, digits, `-` and `_` of ASCII, 64 at most; nothing else, at no end."""
    plain = 0 < len(text) <= 64 and set(text) <= set("aZ09-_")

    assert bool(is_id(text)) == plain


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-11-20T08:15:43Z", True),
        ("2026-11-20t08:15:43.5z", True),
        ("2026-11-20T08:15:43.123456789-05:30", True),
        ("2026-11-20T08:15:43", False),
        ("2026-11-20 08:15:43Z", False),
        ("2026-13-20T08:15:43Z", False),
        ("2026-11-20T24:15:43Z", False),
        ("2026-11-20T08:15:43.1234567890Z", False),
        ("0001-01-01T00:00:00Z", False),
        ("9999-12-31T23:59:59-23:59", False),
        ("2026-11-20T08:15:43Z\n", False),
        ("٢026-11-20T08:15:43Z", False),
    ],
)
def test_a_timestamp_is_a_moment_that_there_is(text: str, is_one: bool) -> None:
    """RFC 3339 with a zone, in years that can be counted with in every zone."""
    assert is_timestamp(text) == is_one
    assert resources.is_target("a")
