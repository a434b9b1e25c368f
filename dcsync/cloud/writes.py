"""Creating and updating connectors as the API's JSON, whatever the server's success looks like.

200, 201, 202, 204 and empty bodies are all successes; what an answer does not hold is read back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

from dcsync.cloud import wire
from dcsync.cloud.client import Client
from dcsync.cloud.request import Answer, Request, connector_path, placed
from dcsync.cloud.resources import is_asked_for
from dcsync.errors import AnswerInvalid, AnswerLost, NotFound

Resource = Mapping[str, Any]


def create(client: Client, request: Request, project_id: str) -> Resource | None:
    """The new resource, read back if the answer says no more than its id; None if not even that."""
    answer = client.call(request)
    created = _resource_in(answer, project_id)
    if created is not None:
        return created
    data_connector_id = _id_in(answer, project_id)
    if data_connector_id is None:
        return None
    request = Request("GET", connector_path(project_id, data_connector_id))
    resource = _read_new(client, request)
    with placed(request):
        wire.connector_at(project_id, resource, data_connector_id)
    return resource


def _read_new(client: Client, request: Request) -> Resource:
    """What was just created; it may take moments until it can be read (docs/api.md section 3.2)."""
    for troubles in count(1):
        try:
            return client.get_object(request)
        except NotFound as error:
            lost = AnswerLost(f"{request}: created, but it cannot be read: {error.message}")
            client.back_off(troubles, lost)
    raise AssertionError  # the client raises before the numbers end


def update(client: Client, request: Request) -> Resource:
    """The resource after the update, read back if the answer does not hold it."""
    _, _, project_id, _, data_connector_id = request.path.split("/")
    updated = _resource_in(client.call(request), project_id, data_connector_id)
    if updated is not None:
        return updated
    again = Request("GET", request.path)
    resource = client.get_object(again)
    with placed(again):
        wire.connector_at(project_id, resource, data_connector_id)
    return resource


def _resource_in(answer: Answer, project_id: str, expected_id: str = "") -> Resource | None:
    """The connector in a write's answer; None where there is none, or little more than its name."""
    try:
        resource = answer.json_object(_ANY)
        connector = wire.connector_at(project_id, resource, expected_id)
    except AnswerInvalid:
        return None
    return resource if connector.type else None


def _id_in(answer: Answer, project_id: str) -> str | None:
    """The id that a create's answer gives without a whole resource: in a name, or as Location."""
    try:
        found_id, data_connector_id = wire.ids_of(answer.json_object(_ANY))
    except AnswerInvalid:
        found = _LOCATION.search(answer.headers.get("location", ""))
        if found is None:
            return None
        found_id, data_connector_id = found[1], found[2]
    return data_connector_id if is_asked_for(found_id, project_id) else None


_LOCATION = re.compile(rf"(?:^|/){wire.NAME.pattern}(?:$|[?#])")
_ANY = Request("", "")
"""For parsing whose errors nobody sees."""
