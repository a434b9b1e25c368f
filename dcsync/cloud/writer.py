"""Everything that changes connectors. Planning never gets one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcsync.cloud import wire
from dcsync.cloud.client import Client
from dcsync.cloud.reader import Reader, connector_path
from dcsync.cloud.request import Answer, Request, path_of
from dcsync.errors import AnswerInvalid, AnswerLost
from dcsync.model import Connector, ConnectorPatch


class Writer:
    """Writes through a client; safe to share between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._reader = Reader(client)

    def create_data_connector(self, connector: Connector) -> Connector:
        """The connector as the cloud made it.

        Sent once, and again only where the server certainly did not act (429, no connection).
        AnswerLost, ServerError: it may exist now; a success without a usable body is AnswerLost
        too, because the new id is not known.
        """
        request = Request(
            "POST",
            path_of("projects", connector.project_id, "dataconnectors"),
            body=wire.body_of(connector),
            secrets=wire.secrets_of(connector.config),
        )
        created = _connector_in(self._client.call(request))
        if created is None:
            raise AnswerLost(f"{request}: done, but the answer does not say what was created")
        return created

    def update_data_connector(
        self, project_id: str, data_connector_id: str, patch: ConnectorPatch
    ) -> Connector:
        """The connector after the update; read back where the answer does not hold it."""
        request = Request(
            "PATCH",
            connector_path(project_id, data_connector_id),
            body=wire.patch_body(patch),
            secrets=wire.secrets_of(patch.config),
        )
        updated = _connector_in(self._client.call(request))
        if updated is None or updated.data_connector_id != data_connector_id:
            return self._reader.get_data_connector(project_id, data_connector_id)
        return updated

    def delete_data_connector(self, project_id: str, data_connector_id: str) -> None:
        """Delete it. NotFound only if it was not there at the first attempt."""
        self._client.call(Request("DELETE", connector_path(project_id, data_connector_id)))

    def sync_data_connector(self, project_id: str, data_connector_id: str) -> None:
        """Have the latest event of each type of every device pushed again (dt-api.md 4.4)."""
        path = f"{connector_path(project_id, data_connector_id)}:sync"
        self._client.call(Request("POST", path, repeatable=True))


def _connector_in(answer: Answer) -> Connector | None:
    """The connector in a write's answer; None where there is no usable one."""
    try:
        resource: Mapping[str, Any] = answer.json_object(Request("", ""))
        return wire.connector_of(resource)
    except AnswerInvalid:
        return None
