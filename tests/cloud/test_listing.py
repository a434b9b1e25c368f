"""Listings: complete or an error, never silently less."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dcsync import cloud
from dcsync.cloud.projects import Project
from dcsync.errors import InvalidResponse, NotFound
from tests.cloud.samples import OTHER_PROJECT, PROJECT, connector_id, page, resource
from tests.cloud.server import Asked, Say, ScriptedServer


def test_follows_every_page(client: cloud.Client, server: ScriptedServer) -> None:
    """A listing takes a call per page and asks for the next one with the token it was given."""
    server.say(
        Say(body=page(resource(1), token="a")),
        Say(body=page(resource(2), token="b")),
        Say(body=page(resource(3))),
    )

    found = cloud.Reader(client).list_data_connectors(PROJECT)

    assert [connector_id(n) for n in (1, 2, 3)] == [each.data_connector_id for each in found]
    assert [c.query for c in server.calls] == [(), (("pageToken", "a"),), (("pageToken", "b"),)]


def test_forgets_the_token_of_the_last_listing(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """A listing after one of several pages starts at its own first page."""
    reader = cloud.Reader(client)
    server.say(
        Say(body=page(resource(1), token="a")),
        Say(body=page(resource(2))),
        Say(body=page(resource(3, project=OTHER_PROJECT))),
    )
    reader.list_data_connectors(PROJECT)

    found = reader.list_data_connectors(OTHER_PROJECT)

    assert [connector_id(3)] == [each.data_connector_id for each in found]
    assert server.calls[-1].query == ()


def _two_pages(asked: Asked) -> Say:
    project = asked.path.split("/")[3]
    number = int(project[-4:])
    if not asked.query:
        return Say(body=page(resource(number, project=project), token=f"of-{project}"))
    assert dict(asked.query) == {"pageToken": f"of-{project}"}
    return Say(body=page(resource(number + 5000, project=project)))


def test_threads_do_not_mix_their_pages(client: cloud.Client, server: ScriptedServer) -> None:
    """Listings of many projects at once each follow their own tokens and are complete."""
    server.otherwise = _two_pages
    projects = [f"c14u9p094l47cdv1{number:04d}" for number in range(40)]

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(cloud.Reader(client).list_data_connectors, projects))

    for number, connectors in enumerate(found):
        expected = [connector_id(number), connector_id(number + 5000)]
        assert expected == [each.data_connector_id for each in connectors]


def test_counts_a_connector_once(client: cloud.Client, server: ScriptedServer) -> None:
    """A connector that moves from one page to the next while they are read is listed once."""
    server.say(
        Say(body=page(resource(1), resource(2), token="a")),
        Say(body=page(resource(2), resource(3))),
    )

    assert len(cloud.Reader(client).list_data_connectors(PROJECT)) == 3


def test_a_missing_next_token_is_the_last_page(
    client: cloud.Client, server: ScriptedServer
) -> None:
    """A page without nextPageToken, or with a null one, ends the listing."""
    server.say(Say(body={"dataConnectors": [resource()]}))
    server.say(Say(body={"dataConnectors": [resource()], "nextPageToken": None}))
    reader = cloud.Reader(client)

    assert len(reader.list_data_connectors(PROJECT)) == 1
    assert len(reader.list_data_connectors(PROJECT)) == 1


def test_counts_a_device_and_a_project_once(client: cloud.Client, server: ScriptedServer) -> None:
    """Pages that shift while they are read bring one twice: it is backfilled, and named, once."""
    name = f"projects/{PROJECT}/devices/d"
    reader = cloud.Reader(client)
    for key, resource_of in (
        ("devices", lambda label: {"name": name, "labels": {"name": label}}),
        ("projects", lambda label: {"name": f"projects/{PROJECT}", "displayName": label}),
    ):
        server.say(
            Say(body={key: [resource_of("old")], "nextPageToken": "a"}),
            Say(body={key: [resource_of("new")], "nextPageToken": ""}),
        )
        found = reader.list_devices(PROJECT) if key == "devices" else reader.list_projects()
        assert len(found) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Say(body={}),
        Say(body={"nextPageToken": ""}),
        Say(body={"dataConnectors": None}),
        Say(body={"dataConnectors": {}}),
        Say(body={"dataConnectors": ["x"]}),
        Say(body={"devices": []}),
        Say(body=[]),
        Say(body="dataConnectors"),
        Say(status=204),
        Say(raw=b""),
        Say(raw=b"<html>welcome</html>"),
        Say(raw=b'{"dataConnectors": ['),
        Say(raw=b"[" * 100_000),
        Say(body={"dataConnectors": [], "nextPageToken": 7}),
        Say(body={"dataConnectors": [{"type": "HTTP_PUSH"}]}),
        Say(body=page(resource(name="projects/x"))),
        Say(body=page(resource(name=7))),
        Say(body=page(resource(project=OTHER_PROJECT))),
        Say(body=page(resource(events="touch"))),
        Say(body=page(resource(labels=[1]))),
        Say(body=page(resource(displayName=["x"]))),
        Say(body=page(resource(httpConfig=[]))),
        Say(body=page(resource(httpConfig={"headers": {"X": 1}}))),
    ],
)
def test_an_undocumented_page_is_an_error(
    answer: Say, client: cloud.Client, server: ScriptedServer
) -> None:
    """A page that the API does not document fails the listing and is never an empty one."""
    server.say(answer)

    with pytest.raises(InvalidResponse):
        cloud.Reader(client).list_data_connectors(PROJECT)


@pytest.mark.parametrize("tokens", [["a", "a"], ["a", "b", "a"]])
def test_a_repeated_page_token_is_an_error(
    tokens: list[str], client: cloud.Client, server: ScriptedServer
) -> None:
    """A listing that comes back to a token it gave before is an error, not an endless loop."""
    server.say(*(Say(body=page(resource(n), token=token)) for n, token in enumerate(tokens)))

    with pytest.raises(InvalidResponse, match="repeats a page token"):
        cloud.Reader(client).list_data_connectors(PROJECT)


def _resources(projects: list[Project]) -> list[dict[str, str]]:
    return [{"name": f"projects/{each.project_id}"} for each in projects]


@pytest.mark.parametrize(
    ("call", "path", "query"),
    [
        (lambda r: _resources(r.list_projects()), "/v2/projects", ()),
        (
            lambda r: _resources(r.list_projects("c0a1")),
            "/v2/projects",
            (("organization", "organizations/c0a1"),),
        ),
        (
            lambda r: r.list_devices(PROJECT, label_filters={"room": "99", "name": None}),
            f"/v2/projects/{PROJECT}/devices",
            (("label_filters", "room=99"), ("label_filters", "name")),
        ),
        (
            lambda r: r.list_devices("-", organization_id="c0a1", device_types=["touch", "co2"]),
            "/v2/projects/-/devices",
            (
                ("device_types", "touch"),
                ("device_types", "co2"),
                ("organization", "organizations/c0a1"),
            ),
        ),
        (
            lambda r: list(
                r.event_history(
                    PROJECT, "d1", event_types=["touch"], start_time="2026-01-01T00:00:00Z"
                )
            ),
            f"/v2/projects/{PROJECT}/devices/d1/events",
            (
                ("eventTypes", "touch"),
                ("startTime", "2026-01-01T00:00:00Z"),
                ("pageSize", "1000"),
            ),
        ),
    ],
)
def test_asks_for_the_other_listings(
    call: Any,
    path: str,
    query: tuple[tuple[str, str], ...],
    client: cloud.Client,
    server: ScriptedServer,
) -> None:
    """Projects, devices and history repeat their filters with every page's token."""
    pages: list[dict[str, Any]] = [
        {
            "projects": [{"name": f"projects/{project}"}],
            "devices": [{"name": f"projects/{PROJECT}/devices/{project}"}],
            "events": [{}],
            "nextPageToken": token,
        }
        for project, token in ((PROJECT, "a"), (OTHER_PROJECT, ""))
    ]
    server.say(*(Say(body=each) for each in pages))

    found = call(cloud.Reader(client))

    assert found == [each[path.rpartition("/")[2]][0] for each in pages]
    assert [path, path] == [asked.path for asked in server.calls]
    assert [query, (*query, ("pageToken", "a"))] == [asked.query for asked in server.calls]


def test_an_odd_id_stays_in_its_segment(client: cloud.Client, server: ScriptedServer) -> None:
    """An id with a slash or a question mark is escaped and cannot reach another resource."""
    server.say(Say(404, {"error": "not found"}))

    with pytest.raises(NotFound):
        cloud.Reader(client).get_data_connector("a/../b", "c?d#e")
    assert server.calls[0].path == "/v2/projects/a%2F..%2Fb/dataconnectors/c%3Fd%23e"
