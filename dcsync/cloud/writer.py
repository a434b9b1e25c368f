"""Everything that changes connectors. Planning never gets one."""

from __future__ import annotations

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
        AnswerLost, ServerError: it may exist now; a success that does not say the new id is
        AnswerLost too. One that says no more than the id is read back.
        """
        request = Request(
            "POST",
            path_of("projects", connector.project_id, "dataconnectors"),
            body=wire.body_of(connector),
            secrets=wire.secrets_of(connector.config),
        )
        answer = self._client.call(request)
        created = _connector_in(answer)
        if created is not None:
            return created
        data_connector_id = _id_in(answer)
        if data_connector_id is None:
            raise AnswerLost(f"{request}: done, but the answer does not say what was created")
        return self._reader.get_data_connector(connector.project_id, data_connector_id)

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
    """The connector in a write's answer; None where there is none, or little more than its name."""
    try:
        connector = wire.connector_of(answer.json_object(_ANY))
    except AnswerInvalid:
        return None
    return connector if connector.type else None


def _id_in(answer: Answer) -> str | None:
    """The id that a create's answer gives without a whole resource: in a name, or as Location."""
    try:
        return wire.ids_of(answer.json_object(_ANY))[1]
    except AnswerInvalid:
        found = wire.NAME.search(answer.headers.get("location", ""))
        return found[2] if found else None


_ANY = Request("", "")
"""For parsing whose errors nobody sees."""
