"""Where the library is correct and the official SDK 1.7.3 is not; and no secret is shown."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import dcsync as dt
from dcsync import errors
from tests.cloud.samples import (
    CONNECTOR,
    HEADER,
    OTHER_PROJECT,
    PROJECT,
    SECRET,
    connector_id,
    page,
    resource,
)
from tests.cloud.server import Say, ScriptedServer

DataConnector: Any = dt.DataConnector
Config = DataConnector.HttpPushConfig

pytestmark = pytest.mark.usefixtures("pointed")


def test_a_second_listing_is_complete(server: ScriptedServer) -> None:
    """After a listing of several pages, the next one of any project starts at its first page."""
    server.say(
        Say(body=page(resource(1), token="a")),
        Say(body=page(resource(2))),
        Say(body=page(resource(3), resource(4))),
        Say(body=page(resource(5, project=OTHER_PROJECT))),
    )

    listings = [
        DataConnector.list_data_connectors(project) for project in (PROJECT, PROJECT, OTHER_PROJECT)
    ]

    found = [[dcon.data_connector_id for dcon in listing] for listing in listings]
    assert found == [[connector_id(n) for n in numbers] for numbers in ([1, 2], [3, 4], [5])]
    assert [dict(asked.query) for asked in server.calls] == [{}, {"pageToken": "a"}, {}, {}]


def test_listings_of_many_threads_are_complete(server: ScriptedServer) -> None:
    """Listings from threads at the same time do not see each other's tokens."""

    def answer(asked: Any) -> Say:
        project = asked.path.split("/")[3]
        if not asked.query:
            return Say(body=page(resource(1, project=project), token=project))
        assert dict(asked.query) == {"pageToken": project}
        return Say(body=page(resource(2, project=project)))

    server.otherwise = answer
    projects = [f"c14u9p094l47cdv1{number:04d}" for number in range(30)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(DataConnector.list_data_connectors, projects))

    assert [[dcon.project_id for dcon in each] for each in found] == [[p, p] for p in projects]
    assert server.connections <= 8
    assert len(server.tokens) == 1


@pytest.mark.parametrize("body", [{}, {"dataConnectors": [], "nextPageToken": 7}, []])
def test_an_undocumented_listing_is_an_error(body: object, server: ScriptedServer) -> None:
    """A listing page without its collection key is an error, not an empty list or a KeyError."""
    server.say(Say(body=body))

    with pytest.raises(errors.InvalidResponse):
        DataConnector.list_data_connectors(PROJECT)


@pytest.mark.parametrize("trouble", [Say(drop=True), Say(500), Say(503), Say(504)])
def test_a_create_is_never_sent_twice(trouble: Say, server: ScriptedServer) -> None:
    """A create that the server may have acted on is an error at once."""
    server.say(trouble)
    server.otherwise = Say(body=resource())

    with pytest.raises((errors.ResponseLost, errors.ServerError)):
        DataConnector.create_data_connector(PROJECT, Config("https://example.com"))
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Say(201, resource()),
        Say(201, {"name": resource()["name"]}),
        Say(201, headers={"Location": f"/v2/{resource()['name']}"}),
        Say(200, {}),
        Say(202),
        Say(204),
    ],
)
def test_a_create_is_read_back(answer: Say, server: ScriptedServer) -> None:
    """Every success of a create returns the new connector, by its id or from the listing."""
    config = Config("https://example.com/dt", SECRET, {"Authorization": HEADER})

    def otherwise(asked: Any) -> Say:
        assert asked.method == "GET"
        return Say(
            body=resource()
            if asked.path.endswith(CONNECTOR)
            else page(resource(1, displayName="x"), resource())
        )

    server.say(answer)
    server.otherwise = otherwise

    created = DataConnector.create_data_connector(
        PROJECT, config, "prod", event_types=["temperature", "touch"], labels=["name"]
    )

    assert created.data_connector_id == CONNECTOR
    assert [asked.method for asked in server.calls].count("POST") == 1


def test_a_create_that_cannot_be_told_apart_is_an_error(server: ScriptedServer) -> None:
    """A create whose answer says nothing, and whose twin was there before, is ResponseLost."""
    server.say(Say(204), Say(body=page(resource(1), resource(2))))

    with pytest.raises(errors.ResponseLost, match="2 connectors match"):
        DataConnector.create_data_connector(
            PROJECT,
            Config("https://example.com/dt"),
            "prod",
            event_types=["touch", "temperature"],
            labels=["name"],
        )


@pytest.mark.parametrize("answer", [Say(200, {}), Say(201), Say(202), Say(204)])
def test_other_writes_succeed_without_a_body(answer: Say, server: ScriptedServer) -> None:
    """Update is read back; delete and sync return None, whatever the success looks like."""
    server.say(answer, Say(body=resource(displayName="new")), answer, answer)

    updated = DataConnector.update_data_connector(CONNECTOR, PROJECT, display_name="new")

    assert updated.display_name == "new"
    assert DataConnector.delete_data_connector(CONNECTOR, PROJECT) is None
    assert DataConnector.sync_data_connector(CONNECTOR, PROJECT) is None


def test_an_html_502_is_a_server_error(server: ScriptedServer) -> None:
    """Status comes before the body: a proxy's HTML page is a ServerError with the call's name."""
    server.otherwise = Say(502, raw=b"<html>Bad Gateway</html>")

    with pytest.raises(errors.ServerError) as caught:
        DataConnector.create_data_connector(PROJECT, Config("https://example.com"))
    assert str(caught.value).startswith(f"POST /projects/{PROJECT}/dataconnectors: 502: ")
    assert caught.value.status == 502


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"successCount": 9, "errorCount": 1, "latency99p": "0.4s"}, (9, 1, "0.4s")),
        ({"successCount": "9", "errorCount": None, "latency99p": None}, (9, 0, "")),
        ({"successCount": [], "errorCount": "many", "latency99p": 4}, (0, 0, "")),
        ({}, (0, 0, "")),
        (None, (0, 0, "")),
    ],
)
def test_metrics_are_read_whatever_they_lack(
    answer: object, expected: tuple[int, int, str], server: ScriptedServer
) -> None:
    """Metrics that the API leaves out count nothing; a number may come as a text."""
    server.say(Say(body={"metrics": answer}))

    metrics = DataConnector.get_metrics(CONNECTOR, PROJECT)

    assert (metrics.success_count, metrics.error_count, metrics.latency) == expected


def test_connections_are_reused(server: ScriptedServer) -> None:
    """Calls in a row use one connection."""
    server.otherwise = Say(body=page(resource()))

    for _ in range(5):
        DataConnector.list_data_connectors(PROJECT)

    assert server.connections == 1


def test_no_object_shows_a_secret(server: ScriptedServer) -> None:
    """repr and str of everything that the library makes or returns leave every secret out."""
    config = {
        "url": f"https://user:{SECRET}@example.com/?key={SECRET}",
        "signatureSecret": SECRET,
        "headers": {"Authorization": HEADER},
    }
    live = resource(httpConfig=config)
    server.say(Say(body=live), Say(body=page(live)))
    secret = server.environ["DT_SERVICE_ACCOUNT_SECRET"]

    dcon = DataConnector.get_data_connector(CONNECTOR, PROJECT)
    things = [
        dcon,
        dcon.config,
        DataConnector.list_data_connectors(PROJECT),
        dt.default_auth,
        dt.Auth.basic("key", secret),
        dt.Auth.service_account("key", secret, "e@example.com"),
        dt.Client(dt.default_auth),
        Config(url=config["url"], signature_secret=SECRET, headers={"a": HEADER}),
    ]

    shown = " ".join(f"{thing!r} {thing}" for thing in things)
    assert dcon.config.signature_secret == SECRET
    assert not any(word in shown for word in (SECRET, HEADER, secret, "token-1"))


def test_no_error_or_log_shows_a_secret(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that echoes what was sent does not get it into the exception or the log."""
    caplog.set_level(0)
    config = Config(f"https://example.com/?key={SECRET}", SECRET, {"Authorization": HEADER})
    server.otherwise = lambda asked: Say(400, {"error": f"bad: {json.dumps(asked.json)}"})

    calls: list[Callable[[], object]] = [
        lambda: DataConnector.create_data_connector(PROJECT, config),
        lambda: DataConnector.update_data_connector(CONNECTOR, PROJECT, config),
    ]
    for call in calls:
        with pytest.raises(errors.BadRequest) as caught:
            call()
        told = "".join(traceback.format_exception(caught.value)) + caplog.text
        assert not any(word in told for word in (SECRET, HEADER, "token-1"))
