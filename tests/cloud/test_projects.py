"""What a project says of itself, and which permissions there are in it."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync import cloud
from tests.cloud.samples import PROJECT
from tests.cloud.server import Say, ScriptedServer


@pytest.mark.parametrize(
    ("fields", "sensors"),
    [({"sensorCount": 7}, 7), ({"sensorCount": 0}, 0), ({"sensorCount": None}, None), ({}, None)],
)
def test_a_project_counts_its_sensors(
    fields: dict[str, Any], sensors: int | None, client: cloud.Client, server: ScriptedServer
) -> None:
    """None is where the API does not say; zero is a count."""
    server.say(Say(body={"projects": [{"name": f"projects/{PROJECT}", **fields}]}))

    [project] = cloud.Reader(client).list_projects()

    assert (project.project_id, project.sensors) == (PROJECT, sensors)


def test_permissions_are_those_of_the_project(client: cloud.Client, server: ScriptedServer) -> None:
    """Over all pages."""
    server.say(
        Say(body={"permissions": ["dataconnector.read"], "nextPageToken": "a"}),
        Say(body={"permissions": ["device.read"]}),
    )

    found = cloud.Reader(client).list_permissions(PROJECT)

    assert found == ("dataconnector.read", "device.read")
    assert {each.path for each in server.calls} == {f"/v2/projects/{PROJECT}/permissions"}
