"""All calls that change connectors. Planning never gets a Writer."""

from __future__ import annotations

from dcsync.cloud import wire, writes
from dcsync.cloud.client import Client
from dcsync.cloud.request import Request, connector_path, connectors_path
from dcsync.errors import ResponseLost
from dcsync.model import Connector, ConnectorPatch


class Writer:
    """Writes through a client; safe to share between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def create_data_connector(self, connector: Connector) -> Connector:
        """Create a connector and return it as the server has it.

        Retried only if the server certainly did not act (429, no connection). After ResponseLost
        and ServerError it may exist; a success without the new id is ResponseLost, too. If the
        response holds only the id, the connector is read back.
        """
        request = Request(
            "POST",
            connectors_path(connector.project_id),
            body=wire.body_of(connector),
            secrets=wire.secrets_of(connector.config),
        )
        created = writes.create(self._client, request, connector.project_id)
        if created is None:
            raise ResponseLost(f"{request}: done, but the response does not say what was created")
        return created.connector

    def update_data_connector(
        self,
        project_id: str,
        data_connector_id: str,
        patch: ConnectorPatch,
        *,
        repeat: bool = True,
    ) -> Connector:
        """The connector after the update; read back if the response does not hold it.

        Without `repeat` it is retried only if the server certainly did not act, like a create.
        """
        request = Request(
            "PATCH",
            connector_path(project_id, data_connector_id),
            body=wire.patch_body(patch),
            secrets=wire.secrets_of(patch.config),
            repeatable=None if repeat else False,
        )
        return writes.update(self._client, request).connector

    def delete_data_connector(self, project_id: str, data_connector_id: str) -> None:
        """Delete a connector; NotFound only if it did not exist at the first attempt.

        InvalidResponse if something other than the API responded: it may exist still.
        """
        request = Request("DELETE", connector_path(project_id, data_connector_id))
        writes.acknowledge(self._client, request)

    def sync_data_connector(self, project_id: str, data_connector_id: str) -> None:
        """Push the latest event of each type of every device again (docs/api.md section 4.4)."""
        path = f"{connector_path(project_id, data_connector_id)}:sync"
        writes.acknowledge(self._client, Request("POST", path, repeatable=True))
