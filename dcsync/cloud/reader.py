"""All read-only calls; planning gets nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dcsync.cloud import resources, wire
from dcsync.cloud.client import Client
from dcsync.cloud.paging import MOST_PAGES, collect
from dcsync.cloud.projects import Project, project_of
from dcsync.cloud.request import Query, Request, connector_path, connectors_path, path_of, placed
from dcsync.dataclass import dataclass
from dcsync.errors import InvalidResponse
from dcsync.model import Connector

if TYPE_CHECKING:
    from dcsync.cloud.arrival import Arrival
    from dcsync.cloud.stream import EventStream

PING_INTERVAL_S = 10.0
GRACE_S = 2.0
"""How late a ping may be before the stream counts as lost: 12 s in all, as in the official SDK
(docs/api.md section 5)."""
MOST_CONNECTOR_PAGES = 100
"""Of 100 connectors each; a project may have 10."""
HISTORY_PAGE = 1000
"""Events per page of history; 1000 is known to be accepted (docs/api.md section 3.1)."""


@dataclass(frozen=True, slots=True)
class Metrics:
    """A connector's deliveries in the last three hours (section 4.4)."""

    success_count: int
    error_count: int
    latency_99p: str
    """99th percentile of the push latency, in the API's format: `0.411s`."""


class Reader:
    """Reads through a client; safe to share between threads."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def api_url(self) -> str:
        """The base URL of the API."""
        return self._client.api_url

    def list_data_connectors(self, project_id: str) -> tuple[Connector, ...]:
        """All connectors of a project, each once, one call per page of 100 (section 4.3)."""
        request = Request("GET", connectors_path(project_id))
        found: dict[str, Connector] = {}
        for resource in self._client.list_all(request, "dataConnectors", MOST_CONNECTOR_PAGES):
            connector = self._connector_at(request, project_id, resource)
            found.setdefault(connector.data_connector_id, connector)
        return tuple(found.values())

    def get_data_connector(self, project_id: str, data_connector_id: str) -> Connector:
        """One connector; NotFound if it does not exist."""
        request = Request("GET", connector_path(project_id, data_connector_id))
        resource = self._client.get_object(request)
        return self._connector_at(request, project_id, resource, data_connector_id)

    def get_metrics(self, project_id: str, data_connector_id: str) -> Metrics:
        """The metrics of the last three hours."""
        path = f"{connector_path(project_id, data_connector_id)}:metrics"
        request = Request("GET", path)
        content = self._client.get_object(request).get("metrics")
        if not isinstance(content, dict):
            raise InvalidResponse(f"{request}: the response holds no metrics")
        with placed(request):
            return Metrics(
                success_count=resources.count_in(content, "successCount"),
                error_count=resources.count_in(content, "errorCount"),
                latency_99p=resources.latency_in(content, "latency99p"),
            )

    def list_projects(self, organization_id: str | None = None) -> list[Project]:
        """The projects visible to the credentials, one call per page of 100 (section 6.2)."""
        return list(self.each_project(organization_id))

    def each_project(
        self, organization_id: str | None = None, *, retries: bool = True
    ) -> Iterator[Project]:
        """The same as an iterator; pages are requested as they are needed."""
        query = () if organization_id is None else _organization(organization_id)
        request = Request("GET", "/projects", query, repeatable=retries)
        seen: set[str] = set()  # pages shift while they are read, then one comes twice
        for resource in self._client.list_all(request, "projects"):
            with placed(request):
                project = project_of(resource)
            if project.project_id not in seen:
                seen.add(project.project_id)
                yield project

    def list_permissions(self, project_id: str) -> tuple[str, ...]:
        """What the credentials may do in a project (section 2.3)."""
        request = Request("GET", path_of("projects", project_id, "permissions"))
        return tuple(self._client.list_strings(request, "permissions"))

    def get_project(self, project_id: str, *, retries: bool = True) -> Project:
        """One project; NotFound if it does not exist, Forbidden if it may not be seen."""
        request = Request("GET", path_of("projects", project_id), repeatable=retries)
        resource = self._client.get_object(request)
        with placed(request):
            project = project_of(resource)
            if project.project_id != project_id:
                raise InvalidResponse("the project in the response is another one")
        return project

    def list_devices(
        self,
        project_id: str,
        *,
        device_ids: Sequence[str] = (),
        device_types: Sequence[str] = (),
        label_filters: Mapping[str, str | None] | None = None,
        organization_id: str | None = None,
    ) -> list[dict[str, Any]]:
        """Devices as JSON objects, each once (section 6.1). Project `-` requires
        `organization_id`."""
        query = (
            *repeated("device_ids", device_ids),
            *repeated("device_types", device_types),
            *repeated("label_filters", label_filter_values(label_filters or {})),
            *(() if organization_id is None else _organization(organization_id)),
        )
        request = Request("GET", path_of("projects", project_id, "devices"), query)
        devices = self._checked(
            request, "devices", lambda each: resources.check_device(each, project_id)
        )
        return list({each["name"]: each for each in devices}.values())

    def event_history(
        self,
        project_id: str,
        device_id: str,
        *,
        event_types: Sequence[str] = (),
        start_time: str | None = None,
        end_time: str | None = None,
    ) -> Iterator[dict[str, Any]]:
        """A device's events, probably newest first, one call per 1000 (section 7).

        Times are RFC 3339; the default is the last 24 hours.
        """
        request = _history_request(project_id, device_id, event_types, start_time, end_time)
        return self._checked(
            request, "events", lambda each: resources.check_event(each, project_id)
        )

    def past_arrivals(
        self,
        project_id: str,
        device_id: str,
        *,
        event_types: Sequence[str],
        start_time: str,
        end_time: str,
    ) -> Iterator[Arrival]:
        """The same, decoded as events of a stream are, a quarter of the work: exactly as they were
        written."""
        from dcsync.cloud.arrival import Arrival  # with msgspec: only where it is used
        from dcsync.cloud.past import history_page

        request = _history_request(project_id, device_id, event_types, start_time, end_time)

        def page_of(request: Request) -> dict[str, Any]:
            return history_page(request, self._client.call(request), project_id)

        return collect(page_of, request, "events", Arrival, MOST_PAGES)

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
        """One connection to the project's events, pings included; a context manager (section 5).

        Raises ResponseLost after a missed ping; the caller reconnects.
        """
        query = (
            *repeated("device_ids", device_ids),
            *repeated("device_types", device_types),
            *repeated("label_filters", label_filter_values(label_filters or {})),
            *repeated("event_types", event_types),
            ("ping_interval", f"{ping_interval_s:g}s"),
        )
        silence_s = ping_interval_s + GRACE_S
        return self._client.open_stream(stream_request(project_id, query), silence_s)

    def _checked(
        self, request: Request, key: str, check: Callable[[dict[str, Any]], None]
    ) -> Iterator[dict[str, Any]]:
        """The items of a listing; InvalidResponse at the first invalid one."""
        for each in self._client.list_all(request, key):
            with placed(request):
                check(each)
            yield each

    def _connector_at(
        self, request: Request, project_id: str, resource: Mapping[str, Any], expected_id: str = ""
    ) -> Connector:
        with placed(request):
            connector = wire.connector_at(project_id, resource, expected_id)
        self._client.remember(wire.secrets_of(connector.config))
        return connector


def stream_request(project_id: str, query: Query = ()) -> Request:
    """The request that opens a project's event stream."""
    return Request("GET", f"{path_of('projects', project_id, 'devices')}:stream", query)


def repeated(name: str, values: Sequence[str]) -> Query:
    """A list as a query: the name repeated for each value (section 3)."""
    return tuple((name, value) for value in values)


def label_filter_values(label_filters: Mapping[str, str | None]) -> list[str]:
    """`key=value`, or `key` alone for any value (section 5)."""
    return [key if value is None else f"{key}={value}" for key, value in label_filters.items()]


def _organization(organization_id: str) -> Query:
    return (("organization", f"organizations/{organization_id}"),)


def _history_request(
    project_id: str,
    device_id: str,
    event_types: Sequence[str],
    start_time: str | None,
    end_time: str | None,
) -> Request:
    query = (
        *repeated("eventTypes", event_types),
        *(() if start_time is None else (("startTime", start_time),)),
        *(() if end_time is None else (("endTime", end_time),)),
        ("pageSize", str(HISTORY_PAGE)),
    )
    return Request("GET", path_of("projects", project_id, "devices", device_id, "events"), query)
