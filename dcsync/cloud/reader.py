"""Everything that can be asked and nothing that changes anything: what planning holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dcsync.cloud import wire
from dcsync.cloud.client import Client
from dcsync.cloud.request import Query, Request, connector_path, connectors_path, path_of
from dcsync.errors import AnswerInvalid
from dcsync.model import Connector

if TYPE_CHECKING:
    from dcsync.cloud.stream import EventStream

PING_INTERVAL_S = 10.0
MISSED_PINGS, GRACE_S = 2, 2.0
"""So many pings may be missed, and so much later may the next one be, before a stream is lost."""
HISTORY_PAGE = 1000
"""Events of a page of history; 1000 is known to be accepted (dt-api.md section 3.1)."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """A connector's deliveries of the last three hours (section 4.4)."""

    success_count: int
    error_count: int
    latency_99p: str
    """99th percentile of the push latency as the API writes it: `0.411s`."""


class Reader:
    """Reads through a client; safe to share between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]:
        """All connectors of a project, a call per page of 100 (section 4.3), each once."""
        request = Request("GET", connectors_path(project_id))
        found: dict[str, Connector] = {}
        for resource in self._client.list_all(request, "dataConnectors"):
            connector = _in_project(request, project_id, resource)
            found.setdefault(connector.data_connector_id, connector)
        return tuple(found.values())

    def get_data_connector(self, project_id: str, data_connector_id: str) -> Connector:
        """One connector; NotFound if it is not there."""
        request = Request("GET", connector_path(project_id, data_connector_id))
        return _in_project(request, project_id, self._client.get_object(request))

    def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics:
        """What was delivered in the last three hours."""
        path = f"{connector_path(project_id, data_connector_id)}:metrics"
        request = Request("GET", path)
        content = self._client.get_object(request).get("metrics")
        if not isinstance(content, dict):
            raise AnswerInvalid(f"{request}: the answer holds no metrics")
        return Metrics(
            success_count=_count(content.get("successCount")),
            error_count=_count(content.get("errorCount")),
            latency_99p=str(content.get("latency99p") or ""),
        )

    def list_projects(self, organization_id: str | None = None) -> list[dict[str, Any]]:
        """The projects that the credentials see, as the API writes them (section 6.2)."""
        query = () if organization_id is None else _organization(organization_id)
        return list(self._client.list_all(Request("GET", "/projects", query), "projects"))

    def list_devices(
        self,
        project_id: str,
        *,
        device_ids: Sequence[str] = (),
        device_types: Sequence[str] = (),
        label_filters: Mapping[str, str | None] | None = None,
        organization_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Devices as the API writes them (section 6.1). Project `-` needs `organization_id`."""
        query = (
            *repeated("device_ids", device_ids),
            *repeated("device_types", device_types),
            *repeated("label_filters", label_texts(label_filters or {})),
            *(() if organization_id is None else _organization(organization_id)),
        )
        request = Request("GET", path_of("projects", project_id, "devices"), query)
        return list(self._client.list_all(request, "devices"))

    def event_history(
        self,
        project_id: str,
        device_id: str,
        *,
        event_types: Sequence[str] = (),
        start_time: str | None = None,
        end_time: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """A device's raw events, newest first as far as known, a call per 1000 (section 7).

        Times are RFC 3339; without them the last 24 hours.
        """
        query = (
            *repeated("eventTypes", event_types),
            *(() if start_time is None else (("startTime", start_time),)),
            *(() if end_time is None else (("endTime", end_time),)),
            ("pageSize", str(HISTORY_PAGE)),
        )
        path = path_of("projects", project_id, "devices", device_id, "events")
        return self._client.list_all(Request("GET", path, query), "events")

    def open_stream(
        self,
        project_id: str,
        *,
        event_types: Sequence[str] = (),
        label_filters: Mapping[str, str | None] | None = None,
        device_types: Sequence[str] = (),
        device_ids: Sequence[str] = (),
        ping_interval_s: float = PING_INTERVAL_S,
    ) -> EventStream:
        """One connection to the project's events, pings included; use it in a `with` (section 5).

        It breaks with AnswerLost after two missed pings. Reconnecting is the caller's business.
        """
        query = (
            *repeated("device_ids", device_ids),
            *repeated("device_types", device_types),
            *repeated("label_filters", label_texts(label_filters or {})),
            *repeated("event_types", event_types),
            ("ping_interval", f"{ping_interval_s:g}s"),
        )
        silence_s = MISSED_PINGS * ping_interval_s + GRACE_S
        return self._client.open_stream(stream_request(project_id, query), silence_s)


def stream_request(project_id: str, query: Query = ()) -> Request:
    """The call that opens a project's event stream."""
    return Request("GET", f"{path_of('projects', project_id, 'devices')}:stream", query)


def repeated(name: str, values: Sequence[str]) -> Query:
    """A list in a query: the name once for each value (section 3)."""
    return tuple((name, value) for value in values)


def label_texts(label_filters: Mapping[str, str | None]) -> list[str]:
    """`key=value`, or `key` alone for any value (section 5)."""
    return [key if value is None else f"{key}={value}" for key, value in label_filters.items()]


def _organization(organization_id: str) -> Query:
    return (("organization", f"organizations/{organization_id}"),)


def _in_project(request: Request, project_id: str, resource: Mapping[str, Any]) -> Connector:
    """The connector of an answer, which must be of the project that was asked about."""
    try:
        connector = wire.connector_of(resource)
    except AnswerInvalid as error:
        raise AnswerInvalid(f"{request}: {error}") from None
    if connector.project_id != project_id:
        raise AnswerInvalid(f"{request}: the answer is about another project")
    return connector


def _count(value: Any) -> int:
    """A count, which JSON for 64-bit numbers may carry as a text; 0 where it is absent."""
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0
