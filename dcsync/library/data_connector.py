"""`dt.DataConnector`: everything that can be done with Data Connectors (docs/api.md section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self, Unpack

from dcsync import model
from dcsync.cloud import wire, writes
from dcsync.cloud.client import Client
from dcsync.cloud.request import Request, connector_path, connectors_path
from dcsync.errors import AnswerLost
from dcsync.library import log
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.output import Output, mapping, number, text, texts
from dcsync.model import Config


class DataConnector(Output, Resource):
    """A Data Connector as it was when the API responded.

    `config` holds its strings in the clear; it is None for a type that dcsync does not know, whose
    fields are in `raw`. `event_types` empty means all; `labels` are keys of device labels that are
    forwarded with each event. What a response leaves out is "", [] or {}.
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
        """From the API's JSON; AnswerInvalid if that has no usable name."""
        super().__init__(data_connector)
        self.project_id, self.data_connector_id = wire.ids_of(data_connector)
        self.display_name = text(data_connector, "displayName")
        self.data_connector_type = text(data_connector, "type")
        self.status = text(data_connector, "status")
        self.event_types = texts(data_connector, "events")
        self.labels = texts(data_connector, "labels")
        self.config = wire.config_of(self.data_connector_type, data_connector, plain=True)
        if self.config is None:
            log.unknown("Data Connector type", self.data_connector_type)

    @classmethod
    def get_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> Self:
        """One Data Connector; NotFound if there is none."""
        request = Request("GET", connector_path(project_id, data_connector_id))
        return cls(cls.client_of(configuration).get_object(request))

    @classmethod
    def list_data_connectors(
        cls, project_id: str, **configuration: Unpack[Configuration]
    ) -> list[Self]:
        """All Data Connectors of a project, a call per page of 100 (section 3.1).

        AnswerInvalid, never a shorter list, where a page is not what the API documents.
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
        """A new Data Connector; its type is that of `config`.

        Sent once, and again only where the server certainly did not act on it (429, no
        connection). After AnswerLost or ServerError it may exist: list before trying again.
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
        return cls(created if created is not None else _look_up(client, request))

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
        """The Data Connector after what is given has been set; what is None stays as it is.

        So do the fields of `config` that are None (section 4.3); lists and headers are replaced.
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
        return cls(writes.update(cls.client_of(configuration), request))

    @classmethod
    def delete_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Delete it, and its queue of undelivered events; NotFound if there is none."""
        request = Request("DELETE", connector_path(project_id, data_connector_id))
        cls.client_of(configuration).call(request)

    @classmethod
    def get_metrics(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> Metric:
        """What was delivered in the last three hours (section 4.4)."""
        request = Request("GET", f"{connector_path(project_id, data_connector_id)}:metrics")
        return Metric(cls.client_of(configuration).get_object(request))

    @classmethod
    def sync_data_connector(
        cls, data_connector_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Have the latest event of each type of every device pushed again (section 4.4).

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
        """Deliveries that the endpoint took, with a 2xx."""
        self.error_count = number(metrics, "errorCount")
        """Deliveries that it did not take."""
        self.latency = text(metrics, "latency99p")
        """99th percentile of the push latency, as a string in seconds: `0.411s`."""


def _look_up(client: Client, request: Request) -> Mapping[str, Any]:
    """What a create made that was a success but did not say so much as an id."""
    listing = Request("GET", request.path)
    sent = request.body or {}
    found = [each for each in client.list_all(listing, "dataConnectors") if _holds(each, sent)]
    if len(found) != 1:
        raise AnswerLost(f"{request}: done, but {len(found)} connectors look like what was created")
    return found[0]


def _holds(resource: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether a resource has everything that was sent; what it adds does not matter."""
    return all(_fits(resource.get(key), value) for key, value in sent.items())


def _fits(live: Any, sent: Any) -> bool:
    """Equal, with lists in any order, and null as good as empty."""
    if isinstance(sent, Mapping) and isinstance(live, Mapping):
        return _holds(live, sent)
    if isinstance(sent, list) and isinstance(live, list):
        return sorted(map(str, live)) == sorted(map(str, sent))
    return live == sent or not (live or sent)
