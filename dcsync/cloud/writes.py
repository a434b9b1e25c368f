"""Creates and updates connectors, whatever a successful response looks like.

200, 201, 202, 204 and empty bodies are all successes; what a response does not hold is read back.
"""

from __future__ import annotations

import re
from itertools import count
from typing import NamedTuple

from dcsync.cloud import wire
from dcsync.cloud.client import Client
from dcsync.cloud.request import Request, Response, connector_path, placed
from dcsync.cloud.resources import Resource, is_asked_for
from dcsync.errors import InvalidResponse, NotFound, ResponseLost
from dcsync.model import Connector


class WriteReply(NamedTuple):
    """A connector after a write: as the server sent it, and what that says."""

    resource: Resource
    connector: Connector


def create(client: Client, request: Request, project_id: str) -> WriteReply | None:
    """The new connector, read back if the response holds only its id; None without an id."""
    response = client.call(request)
    created = _written(response, project_id)
    if created is not None:
        return created
    data_connector_id = _id_in(response, project_id)
    if data_connector_id is None:
        return None
    request = Request("GET", connector_path(project_id, data_connector_id))
    resource = _read_new(client, request)
    with placed(request):
        return WriteReply(resource, wire.connector_at(project_id, resource, data_connector_id))


def _read_new(client: Client, request: Request) -> Resource:
    """Read a new resource, which may take a moment to appear (docs/api.md section 3.2)."""
    for failures in count(1):
        try:
            return client.get_object(request)
        except NotFound as error:
            lost = ResponseLost(f"{request}: created, but it cannot be read: {error.message}")
            client.back_off(failures, lost)
    raise AssertionError  # `back_off` raises after the last attempt


def update(client: Client, request: Request) -> WriteReply:
    """The connector after the update, read back if the response does not hold it."""
    _, _, project_id, _, data_connector_id = request.path.split("/")
    updated = _written(client.call(request), project_id, data_connector_id)
    if updated is not None:
        return updated
    again = Request("GET", request.path)
    resource = client.get_object(again)
    with placed(again):
        return WriteReply(resource, wire.connector_at(project_id, resource, data_connector_id))


def acknowledge(client: Client, request: Request) -> None:
    """Make a call whose success has no content. A proxy's page is no success: InvalidResponse."""
    response = client.call(request)
    if response.body.strip():
        response.json_object(request)


def _written(response: Response, project_id: str, expected_id: str = "") -> WriteReply | None:
    """The connector in the response to a write; None if it holds none, or only its name."""
    try:
        resource = response.json_object(_ANY)
        connector = wire.connector_at(project_id, resource, expected_id)
    except InvalidResponse:
        return None
    return WriteReply(resource, connector) if connector.type else None


def _id_in(response: Response, project_id: str) -> str | None:
    """The id in the response to a create without a whole resource: in a name, or in Location."""
    try:
        found_id, data_connector_id = wire.ids_of(response.json_object(_ANY))
    except InvalidResponse:
        found = re.search(_LOCATION, response.headers.get("location", ""))
        if found is None:
            return None
        found_id, data_connector_id = found[1], found[2]
    return data_connector_id if is_asked_for(found_id, project_id) else None


_LOCATION = rf"(?:^|/){wire.NAME.pattern}(?:$|[?#])"
_ANY = Request("", "")
"""Stands in for the request where errors are discarded."""
