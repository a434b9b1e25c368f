"""The connector types: where events are sent, and how. Each type is declared here only.

To add a type, add a class with `@connector_type`; docs/api.md section 4.2 has what is known of
them.
"""

# Annotations are values here, not strings: `fields_of` reads them all at every start.

from collections.abc import Callable
from typing import Annotated, ClassVar, TypeVar

from dcsync.dataclass import dataclass
from dcsync.model.field import Form, Group, Kind, Spec, StringMap, paths_of
from dcsync.model.path import FieldPath
from dcsync.model.secret import SecretOrStr

WEB_URL = Form(
    r"^(https://[^\s/?#]|http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])([:/?#]|$)|[\s\S]*\$\{)",
    "must be an https:// URL (http:// only for localhost)",
    scheme="https",
)
AZURE_URL = Form(
    r"^(sb://[^\s/?#]|[\s\S]*\$\{)",
    "must be an sb:// URL, like sb://example.servicebus.windows.net/events",
    scheme="sb",
)
HEADER_NAME = Form(
    r"^(?![\s\S]*\n)[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    "must be an HTTP header name: letters, digits and -",
)


class Config(Group):
    """Base of the config of each type; the first line of its docstring describes the type to
    users."""

    __slots__ = ()
    type: ClassVar[str] = ""
    """The API's name of the type."""
    key: ClassVar[str] = ""
    """The key of the config in a resource."""
    data_connector_type: ClassVar[str] = ""
    """The same as `type`, under the official SDK's name."""


CONFIG_CLASSES: dict[str, type[Config]] = {}
"""The config class of each known connector type."""

_MAPS: set[FieldPath] = set()
_CASE_INSENSITIVE: set[FieldPath] = set()

ConfigClass = TypeVar("ConfigClass", bound=type[Config])


def connector_type(name: str, *, key: str) -> Callable[[ConfigClass], ConfigClass]:
    """Register a config class for a connector type; the API keeps the config under `key`."""

    def register(config: ConfigClass) -> ConfigClass:
        config.type = config.data_connector_type = name
        config.key = key
        CONFIG_CLASSES[name] = config
        maps = {path: field for path, field in paths_of(config) if field.kind is Kind.MAP}
        _MAPS.update(maps)
        _CASE_INSENSITIVE.update(path for path in maps if maps[path].spec.case_insensitive)
        return config

    return register


def comparable(path: FieldPath) -> FieldPath:
    """A field's path in normalized case, for comparison: `config.headers.x-env`."""
    above = path[:-1]
    return FieldPath((*above, path[-1].lower())) if above in _CASE_INSENSITIVE else path


def field_path(written: str) -> FieldPath:
    """The path that people and JSON write with dots; all that follows a map is one name."""
    names = written.split(".")
    for end in range(1, len(names)):
        if tuple(names[:end]) in _MAPS:
            return FieldPath((*names[:end], ".".join(names[end:])))
    return FieldPath(names)


@connector_type("HTTP_PUSH", key="httpConfig")
@dataclass(slots=True, repr=False)
class HttpPushConfig(Config):
    """Pushes each event to an HTTPS endpoint."""

    url: Annotated[
        SecretOrStr | None,
        Spec(
            "URL",
            "The endpoint: https, or http for localhost.",
            required=True,
            endpoint=True,
            form=WEB_URL,
            examples=("https://ingest.example.com/dt",),
        ),
    ] = None
    signature_secret: Annotated[
        SecretOrStr | None,
        Spec(
            "Signature secret",
            "Signs each delivery. If omitted, a new connector has none and a live one is kept; '' "
            "removes it. Never write it in plain text: use a reference.",
            secret=True,
            kept_when_omitted=True,
            examples=("${env:DT_SIGNATURE_SECRET}",),
        ),
    ] = None
    headers: Annotated[
        StringMap | None,
        Spec(
            "Headers",
            "Sent with each delivery. Every value is treated as a secret.",
            secret=True,
            case_insensitive=True,
            names=HEADER_NAME,
            examples=({"Authorization": "Bearer ${env:INGEST_TOKEN}"},),
        ),
    ] = None


@connector_type("GOOGLE_CLOUD_PUBSUB", key="pubsubConfig")
@dataclass(slots=True, repr=False)
class GoogleCloudPubsubConfig(Config):
    """Publishes to a Google Cloud Pub/Sub topic."""

    topic: Annotated[
        SecretOrStr | None,
        Spec(
            "Topic",
            "projects/<project>/topics/<topic>",
            required=True,
            endpoint=True,
            examples=("projects/example-project/topics/events",),
        ),
    ] = None
    audience: Annotated[
        SecretOrStr | None,
        Spec(
            "Audience",
            "The workload identity provider.",
            required=True,
            examples=(
                "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools"
                "/dt/providers/dt",
            ),
        ),
    ] = None


@connector_type("AWS_SQS", key="awsSqsConfig")
@dataclass(slots=True, repr=False)
class AwsSqsConfig(Config):
    """Sends to an AWS SQS queue."""

    queue_url: Annotated[
        SecretOrStr | None,
        Spec(
            "Queue URL",
            "The queue's https URL.",
            required=True,
            endpoint=True,
            form=WEB_URL,
            examples=("https://sqs.eu-north-1.amazonaws.com/123456789012/events",),
        ),
    ] = None
    aws_role_arn: Annotated[
        SecretOrStr | None,
        Spec(
            "Role",
            "The role that may send to the queue.",
            required=True,
            examples=("arn:aws:iam::123456789012:role/dt-events",),
        ),
    ] = None
    audience: Annotated[
        SecretOrStr | None,
        Spec("Audience", "The audience that the role's trust policy requires.", required=True),
    ] = None


@dataclass(slots=True, repr=False)
class AzureAuthentication(Group):
    """The Entra ID application that DT's federated token stands for."""

    tenant_id: Annotated[
        SecretOrStr | None, Spec("Tenant", "The directory (tenant) id.", required=True)
    ] = None
    client_id: Annotated[
        SecretOrStr | None, Spec("Client", "The application (client) id.", required=True)
    ] = None


@dataclass(slots=True, repr=False)
class BrokerProperties(Group):
    """Service Bus broker properties."""

    correlation_id: Annotated[
        SecretOrStr | None, Spec("Correlation id", "Groups the messages.")
    ] = None


_AUTHENTICATION = Spec(
    "Azure authentication",
    "The Entra ID application that DT's federated token stands for.",
    required=True,
)


@connector_type("AZURE_SERVICE_BUS", key="azureServiceBusConfig")
@dataclass(slots=True, repr=False)
class AzureServiceBusConfig(Config):
    """Sends to an Azure Service Bus topic or queue."""

    url: Annotated[
        SecretOrStr | None,
        Spec(
            "URL",
            "sb://<namespace>.servicebus.windows.net/<topic or queue>",
            required=True,
            endpoint=True,
            form=AZURE_URL,
            examples=("sb://example.servicebus.windows.net/events",),
        ),
    ] = None
    authentication_config: Annotated[AzureAuthentication | None, _AUTHENTICATION] = None
    broker_properties: Annotated[
        BrokerProperties | None, Spec("Broker properties", "Set on each message.")
    ] = None


@connector_type("AZURE_EVENT_HUB", key="azureEventHubConfig")
@dataclass(slots=True, repr=False)
class AzureEventHubConfig(Config):
    """Sends to an Azure Event Hub."""

    url: Annotated[
        SecretOrStr | None,
        Spec(
            "URL",
            "sb://<namespace>.servicebus.windows.net/<hub>",
            required=True,
            endpoint=True,
            form=AZURE_URL,
            examples=("sb://example.servicebus.windows.net/events",),
        ),
    ] = None
    authentication_config: Annotated[AzureAuthentication | None, _AUTHENTICATION] = None
