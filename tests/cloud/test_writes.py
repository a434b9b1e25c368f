"""What a write's response must hold to be believed, and what is read back where it does not."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import cloud, errors
from dcsync.model import ConnectorPatch
from tests.cloud.conftest import FakeTime
from tests.cloud.samples import CONNECTOR, OTHER_PROJECT, PROJECT, connector_id, declared, resource
from tests.cloud.server import Say, ScriptedServer

NAME = f"projects/{PROJECT}/dataconnectors/{CONNECTOR}"
ONLY_NAMED = Say(201, {"name": NAME})


def create(client: cloud.Client) -> Any:
    return cloud.Writer(client).create_data_connector(declared())


def update(client: cloud.Client) -> Any:
    patch = ConnectorPatch(display_name="new")
    return cloud.Writer(client).update_data_connector(PROJECT, CONNECTOR, patch)


def asked(server: ScriptedServer) -> list[tuple[str, str]]:
    return [(each.method, each.path) for each in server.calls]


def location(text: str) -> Say:
    return Say(201, headers={"Location": text})


def test_a_create_that_is_answered_whole_is_one_call(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Nothing is read back where the response holds the connector."""
    server.say(Say(201, resource(displayName="as the cloud says")))

    assert create(client).display_name == "as the cloud says"
    assert asked(server) == [("POST", f"/v2/projects/{PROJECT}/dataconnectors")]


@pytest.mark.parametrize(
    "answer",
    [
        ONLY_NAMED,
        Say(200, {"name": f"projects/{PROJECT}/dataConnectors/{CONNECTOR}", "displayName": "prod"}),
        Say(201, resource(type=None)),
        *map(
            location,
            [
                NAME,
                f"/{NAME}",
                f"/v2/{NAME}",
                f"https://api.example.com/v2/{NAME}",
                f"/v2/{NAME}?alt=json",
                f"/v2/{NAME}#created",
                f"/v2/projects/{PROJECT}/dataConnectors/{CONNECTOR}",
            ],
        ),
    ],
)
def test_a_create_that_gives_the_id_is_read_back_by_it(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """In a name or as Location, as a path or a URL: that very connector is read."""
    server.say(answer, Say(body=resource(displayName="read")))

    assert create(client).display_name == "read"
    assert asked(server)[1:] == [("GET", f"/v2/{NAME}")]


@pytest.mark.parametrize(
    "answer",
    [
        Say(200, {}),
        Say(204),
        Say(201, raw=b"created"),
        Say(201, {"name": f"projects/{OTHER_PROJECT}/dataconnectors/{CONNECTOR}"}),
        Say(201, resource(project=OTHER_PROJECT)),
        Say(201, {"name": f"x/{NAME}"}),
        *map(
            location,
            [
                "",
                "/v2/projects",
                f"/v2/{NAME}:sync",
                f"/v2/{NAME}/more",
                f"/v2x{NAME}",
                f"/v2/projects/{OTHER_PROJECT}/dataconnectors/{CONNECTOR}",
                f"/v2/projects/{PROJECT}/dataconnectors/",
            ],
        ),
    ],
)
def test_a_create_that_gives_no_id_of_the_project_is_lost(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """It may exist, and which it is is not guessed: nothing is read."""
    server.say(answer)

    with pytest.raises(errors.ResponseLost) as caught:
        create(client)
    assert str(caught.value) == (
        f"POST /projects/{PROJECT}/dataconnectors: done, but the response does not say what was "
        "created"
    )
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (resource(7), "the response is about another Data Connector"),
        (resource(project=OTHER_PROJECT), "the response is about another project"),
        ({}, "a Data Connector in the response has no usable name"),
    ],
)
@pytest.mark.parametrize("call", [create, update])
def test_what_is_read_back_must_be_what_was_written(
    call: Any, read: dict[str, Any], message: str, client: cloud.Client, server: ScriptedServer
) -> None:
    """Another connector's values would be taken for this one's; the message names the read."""
    server.say(ONLY_NAMED, Say(body=read))

    with pytest.raises(errors.InvalidResponse) as caught:
        call(client)
    assert str(caught.value) == f"GET /{NAME}: {message}"


def test_what_was_created_is_waited_for_with_patience_that_ends(
    client: cloud.Client,
    server: ScriptedServer,
    time: FakeTime,
    waits: list[tuple[float, str]],
) -> None:
    """Each wait is told with what is waited for; at the end it is lost, not failed."""
    server.say(ONLY_NAMED, *[Say(404, {"error": "not found"})] * 9)

    with pytest.raises(errors.ResponseLost) as caught:
        create(client)
    words = (
        f"GET /{NAME}: created, but it cannot be read: not found; "
        "check the project id and that the service account belongs to the project"
    )
    assert str(caught.value) == words
    assert waits == [(1.0, words), (2.0, words), (4.0, words)]
    assert time.slept == [1.0, 2.0, 4.0]
    assert [method for method, _ in asked(server)] == ["POST", "GET", "GET", "GET", "GET"]


@pytest.mark.parametrize(
    "answer",
    [
        Say(200, {"name": NAME}),
        Say(200, {"name": NAME, "displayName": "new"}),
        Say(200, resource(7, displayName="another")),
        Say(200, resource(project=OTHER_PROJECT, displayName="another")),
        Say(200, [resource()]),
        Say(200, resource(displayName=7)),
    ],
)
def test_an_update_whose_response_is_not_the_connector_is_read_back(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """Little more than a name, or another connector: what is live is read."""
    server.say(answer, Say(body=resource(displayName="live")))

    assert update(client).display_name == "live"
    assert asked(server) == [("PATCH", f"/v2/{NAME}"), ("GET", f"/v2/{NAME}")]


def test_an_update_that_is_answered_whole_is_one_call(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """Nothing is read back where the response holds the connector."""
    server.say(Say(200, resource(displayName="as the cloud says")))

    assert update(client).display_name == "as the cloud says"
    assert asked(server) == [("PATCH", f"/v2/{NAME}")]


@pytest.mark.parametrize("repeat", [True, False])
def test_an_update_may_be_sent_once_only(
    repeat: bool, client: cloud.Client, server: ScriptedServer
) -> None:
    """Without `repeat` a response that was lost is not followed by a second PATCH."""
    server.say(Say(drop=True), Say(body=resource()))
    patch = ConnectorPatch(display_name="new")

    def write() -> Any:
        return cloud.Writer(client).update_data_connector(PROJECT, CONNECTOR, patch, repeat=repeat)

    if repeat:
        assert write().data_connector_id == CONNECTOR
    else:
        with pytest.raises(errors.ResponseLost):
            write()
    assert len(server.calls) == (2 if repeat else 1)


def test_ids_are_taken_as_they_are(client: cloud.Client, server: ScriptedServer) -> None:
    """The response to an update of another id than the first one is that one's."""
    name = f"projects/{PROJECT}/dataconnectors/{connector_id(9)}"
    server.say(Say(200, {"name": name}), Say(body=resource(9)))
    patch = ConnectorPatch(display_name="new")

    found = cloud.Writer(client).update_data_connector(PROJECT, connector_id(9), patch)

    assert found.data_connector_id == connector_id(9)
    assert asked(server)[1] == ("GET", f"/v2/{name}")
