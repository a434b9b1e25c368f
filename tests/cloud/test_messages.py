"""What an invalid response is said to be, word by word: who reads it knows what the server sent."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import cloud, errors
from tests.cloud.samples import CONNECTOR, OTHER_PROJECT, PROJECT, resource
from tests.cloud.server import Say, ScriptedServer
from tests.cloud.test_resources import LISTINGS, MAKERS

OF_A_CONNECTOR = "a Data Connector in the response has"
A_CONNECTOR = "the response has a Data Connector"
DEVICE = "b5rj9ed7rihk942p48og"
CALLS = {
    "dataConnectors": f"GET /projects/{PROJECT}/dataconnectors",
    "devices": f"GET /projects/{PROJECT}/devices",
    "events": f"GET /projects/{PROJECT}/devices/{DEVICE}/events",
    "projects": "GET /projects",
}


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("dataConnectors", {"name": "x"}, f"{OF_A_CONNECTOR} no usable name"),
        ("dataConnectors", {"name": 7}, f"{OF_A_CONNECTOR} no usable name"),
        (
            "dataConnectors",
            {"name": f"projects/{OTHER_PROJECT}/dataconnectors/{CONNECTOR}"},
            "the response is about another project",
        ),
        *(
            ("dataConnectors", {key: 7}, f"{A_CONNECTOR} whose {key} is not a string")
            for key in ("displayName", "type", "status")
        ),
        ("dataConnectors", {"events": [7]}, f"{A_CONNECTOR} whose events are not strings"),
        ("dataConnectors", {"labels": "name"}, f"{A_CONNECTOR} whose labels are not strings"),
        (
            "dataConnectors",
            {"httpConfig": []},
            f"{A_CONNECTOR} whose httpConfig is not an object",
        ),
        (
            "dataConnectors",
            {"httpConfig": {"url": 7}},
            f"{A_CONNECTOR} whose url is not a string",
        ),
        (
            "dataConnectors",
            {"httpConfig": {"headers": "a"}},
            f"{A_CONNECTOR} whose headers is not an object",
        ),
        (
            "dataConnectors",
            {"httpConfig": {"headers": {"X-Key": ["a"]}}},
            f"{OF_A_CONNECTOR} a header that is not a string",
        ),
        ("devices", {"name": "x"}, "a device in the response has no usable name"),
        ("devices", {"name": 7}, "the response has a device whose name is not a string"),
        (
            "devices",
            {"name": f"projects/{OTHER_PROJECT}/devices/{DEVICE}"},
            "a device in the response is in another project",
        ),
        ("devices", {"type": 7}, "the response has a device whose type is not a string"),
        (
            "devices",
            {"productNumber": 7},
            "the response has a device whose productNumber is not a string",
        ),
        (
            "devices",
            {"labels": {"a": 7}},
            "a device in the response has labels that are not strings",
        ),
        ("devices", {"labels": ["a"]}, "a device in the response has labels that are not strings"),
        ("projects", {"name": "x"}, "a project in the response has no usable name"),
        ("projects", {"name": None}, "a project in the response has no usable name"),
        ("projects", {"name": 7}, "the response has a project whose name is not a string"),
        (
            "projects",
            {"organization": "x"},
            "a project in the response has no usable organization",
        ),
        *(
            ("projects", {key: 7}, f"the response has a project whose {key} is not a string")
            for key in ("organization", "displayName", "organizationDisplayName")
        ),
        (
            "projects",
            {"inventory": "no"},
            "a project in the response has an inventory that is not true or false",
        ),
        *(
            ("events", {key: "a b"}, f"an event in the response has no usable {key}")
            for key in ("eventId", "targetName", "eventType", "timestamp")
        ),
        *(
            ("events", {key: 7}, f"the response has an event whose {key} is not a string")
            for key in ("eventId", "targetName", "eventType", "timestamp")
        ),
        (
            "events",
            {"targetName": f"projects/{OTHER_PROJECT}/devices/{DEVICE}"},
            "an event in the response is of another project",
        ),
        (
            "events",
            {"targetName": f"projects/{OTHER_PROJECT}"},
            "an event in the response is of another project",
        ),
    ],
)
def test_an_invalid_item_is_told_with_what_is_wrong_with_it(
    kind: str,
    fields: dict[str, Any],
    message: str,
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """The call, and the one field that is not as documented."""
    server.say(Say(body={kind: [{**MAKERS[kind](), **fields}], "nextPageToken": ""}))

    with pytest.raises(errors.InvalidResponse) as caught:
        LISTINGS[kind](cloud.Reader(client))
    assert str(caught.value) == f"{CALLS[kind]}: {message}"


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ({"successCount": -1}, "the response has no usable successCount"),
        ({"errorCount": "x"}, "the response has no usable errorCount"),
        ({"latency99p": "fast"}, "the response has no usable latency99p"),
        ({"latency99p": 1}, "the response has a metric whose latency99p is not a string"),
    ],
)
def test_unusable_metrics_are_told_by_name(
    metrics: dict[str, Any], message: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """Which of them is no count or duration."""
    server.say(Say(body={"metrics": metrics}))

    with pytest.raises(errors.InvalidResponse) as caught:
        cloud.Reader(client).get_metrics(PROJECT, CONNECTOR)
    assert str(caught.value) == (
        f"GET /projects/{PROJECT}/dataconnectors/{CONNECTOR}:metrics: {message}"
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Say(raw=b"<html>"), "200: the response is not JSON (6 bytes)"),
        (Say(raw=b""), "200: the response is not JSON (0 bytes)"),
        (Say(203, []), "203: the response is not a JSON object"),
        (Say(body=resource(7)), "the response is about another Data Connector"),
        (Say(body=resource(project=OTHER_PROJECT)), "the response is about another project"),
    ],
)
def test_an_invalid_connector_is_told_with_the_call(
    answer: Say, message: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """Method, path, and the status where the body is no JSON object."""
    server.say(answer)

    with pytest.raises(errors.InvalidResponse) as caught:
        cloud.Reader(client).get_data_connector(PROJECT, CONNECTOR)
    assert str(caught.value) == f"GET /projects/{PROJECT}/dataconnectors/{CONNECTOR}: {message}"
