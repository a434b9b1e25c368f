"""`dt.DataConnector`: everything that can be done with Data Connectors (docs/api.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, Unpack

from dcsync import model
from dcsync.cloud import wire, writes
from dcsync.cloud.client import Client
from dcsync.cloud.request import Request, connector_path, connectors_path
from dcsync.errors import ResponseLost
from dcsync.library import log
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.output import Output, mapping, number, string, strings
from dcsync.model import Config


class DataConnector(Output, Resource):
    """A Data Connector as the API returned it.

    `config` holds plain strings; it is None for an unknown type, whose fields are in `raw`. Empty
    `event_types` means all; `labels` are keys of device labels that are forwarded with each event.
    Fields missing in a response are "", [] or {}.
    """

    HTTP_PUSH = "HTTP_PUSH"
    GOOGLE_CLOUD_PUBSUB = "GOOGLE_CLOUD_PUBSUB"
    AWS_SQS = "AWS_SQS"
    AZURE_SERVICE_BUS = "AZURE_SERVICE_BUS"
    AZURE_EVENT_HUB = "AZURE_EVENT_HUB"
    DATA_CONNECTOR_TYPES: ClassVar[list[str]] = list(model.CONFIG_CLASSES)

    HttpPushConfig = model.HttpPushConfig
    GoogleCloudPubsubConfig = model.GoogleCloudPubsubConfig
    AwsSqsConfig = model.AwsSqsConfig
    AzureServiceBusConfig = model.AzureServiceBusConfig
    AzureEventHubConfig = model.AzureEventHubConfig
    AzureAuthentication = model.AzureAuthentication
    BrokerProperties = model.BrokerProperties

    shown = (
        "data_connector_id",
        "project_id",
        "display_name",
        "data_connector_type",
        "status",
        "event_types",
        "labels",
        "config",
    )

    def __init__(self, data_connector: Mapping[str, Any]) -> None:
        """From the API's JSON; InvalidResponse if it has no usable name."""
        super().__init__(data_connector)
        self.project_id, self.data_connector_id = wire.ids_of(data_connector)
        self.display_name = string(data_connector, "displayName")
        self.data_connector_type = string(data_connector, "type")
        self.status = string(data_connector, "status")
        self.event_types = strings(data_connector, "events")
        self.labels = strings(data_connector, "labels")
        self.config = wire.config_of(self.data_connector_type, data_connector, plain=True)
        if self.config is None:
            log.unknown("Data Connector type", self.data_connector_type)

    @classmethod
    def get_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> Self:
        """One Data Connector; NotFound if it does not exist."""
        request = Request("GET", connector_path(project_id, data_connector_id))
        return cls(cls.client_of(configuration).get_object(request))

    @classmethod
    def list_data_connectors(
        cls, project_id: str, **configuration: Unpack[Configuration]
    ) -> list[Self]:
        """All Data Connectors of a project, one call per page of 100 (section 3.1).

        Raises InvalidResponse for an invalid page, instead of returning a shorter list.
        """
        request = Request("GET", connectors_path(project_id))
        found = cls.client_of(configuration).list_all(request, "dataConnectors")
        return [cls(resource) for resource in found]

    @classmethod
    def create_data_connector(
        cls,
        project_id: str,
        config: Config,
        display_name: str = "",
        status: str = "ACTIVE",
        event_types: Sequence[str] = (),
        labels: Sequence[str] = (),
        **configuration: Unpack[Configuration],
    ) -> Self:
        """Create a Data Connector; its type is that of `config`.

        Retried only if the server certainly did not act (429, no connection). After ResponseLost or
        ServerError it may exist: list before trying again.
        """
        body = {
            "status": status,
            "events": list(event_types),
            "labels": list(labels),
            "type": config.type,
            **({"displayName": display_name} if display_name else {}),
            **wire.config_body(config),
        }
        request = Request(
            "POST", connectors_path(project_id), body=body, secrets=wire.secrets_of(config)
        )
        client = cls.client_of(configuration)
        created = writes.create(client, request, project_id)
        return cls(created.resource if created else _find_created(client, request))

    @classmethod
    def update_data_connector(
        cls,
        data_connector_id: str,
        project_id: str,
        config: Config | None = None,
        display_name: str | None = None,
        status: str | None = None,
        event_types: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> Self:
        """Update a Data Connector and return it; arguments that are None are not changed.

        Nor are fields of `config` that are None (section 4.3); lists and headers are replaced.
        """
        patch = model.ConnectorPatch(
            display_name=display_name,
            status=status,
            event_types=None if event_types is None else tuple(event_types),
            labels=None if labels is None else tuple(labels),
            config=config,
        )
        request = Request(
            "PATCH",
            connector_path(project_id, data_connector_id),
            body=wire.patch_body(patch),
            secrets=wire.secrets_of(config),
        )
        return cls(writes.update(cls.client_of(configuration), request).resource)

    @classmethod
    def delete_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Delete it with its queue of undelivered events; NotFound if it does not exist."""
        request = Request("DELETE", connector_path(project_id, data_connector_id))
        cls.client_of(configuration).call(request)

    @classmethod
    def get_metrics(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> Metric:
        """The metrics of the last three hours (section 4.4)."""
        request = Request("GET", f"{connector_path(project_id, data_connector_id)}:metrics")
        return Metric(cls.client_of(configuration).get_object(request))

    @classmethod
    def sync_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Push the latest event of each type of every device again (section 4.4).

        Returns before anything is delivered.
        """
        path = f"{connector_path(project_id, data_connector_id)}:sync"
        cls.client_of(configuration).call(Request("POST", path, repeatable=True))


class Metric(Output):
    """Deliveries of the last three hours (section 4.4)."""

    shown = ("success_count", "error_count", "latency")

    def __init__(self, metric: Mapping[str, Any]) -> None:
        super().__init__(metric)
        metrics = mapping(metric, "metrics")
        self.success_count = number(metrics, "successCount")
        """Deliveries that the endpoint accepted with a 2xx."""
        self.error_count = number(metrics, "errorCount")
        """Deliveries that it did not accept."""
        self.latency = string(metrics, "latency99p")
        """99th percentile of the push latency, as a string in seconds: `0.411s`."""


def _find_created(client: Client, request: Request) -> Mapping[str, Any]:
    """Find the connector that a successful create made, if the response has no id."""
    listing = Request("GET", request.path)
    sent = request.body or {}
    found = [each for each in client.list_all(listing, "dataConnectors") if _contains(each, sent)]
    if len(found) != 1:
        raise ResponseLost(f"{request}: done, but {len(found)} connectors match what was sent")
    return found[0]


def _contains(resource: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a resource has everything that was sent; further fields do not matter."""
    return all(_matches(resource.get(key), value) for key, value in sent.items())


def _matches(live: Any, sent: Any) -> bool:
    """Equal, with lists in any order, and null like empty."""
    if isinstance(sent, Mapping) and isinstance(live, Mapping):
        return _contains(live, sent)
    if isinstance(sent, list) and isinstance(live, list):
        return sorted(map(str, live)) == sorted(map(str, sent))
    return live == sent or not (live or sent)
