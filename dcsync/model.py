"""The nouns of dcsync: connectors, their configs, secrets, places in files.

Values only: no I/O, no clock, no environment. Every other room speaks in these words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import ClassVar, Never

EVENT_TYPES = (
    "touch",
    "temperature",
    "objectPresent",
    "humidity",
    "objectPresentCount",
    "touchCount",
    "waterPresent",
    "co2",
    "pressure",
    "motion",
    "deskOccupancy",
    "contact",
    "probeWireStatus",
    "batteryStatus",
    "networkStatus",
    "labelsChanged",
    "connectionStatus",
    "ethernetStatus",
    "cellularStatus",
)
"""Event types known today (dt-api.md section 8). A newer cloud may know more."""

DEVICE_TYPES = (
    "temperature",
    "proximity",
    "touch",
    "humidity",
    "proximityCounter",
    "touchCounter",
    "waterDetector",
    "ccon",
    "co2",
    "motion",
    "deskOccupancy",
    "contact",
)
"""Device types known today (dt-api.md section 6.1)."""

SENSITIVE = "(sensitive)"
HIDDEN = "…"


class Secret:
    """A text that is never shown.

    `shown` stands for it wherever a person looks: the reference as the file writes it, or
    "(sensitive)". A secret without a value is *unknown*: its reference was not resolved, on
    purpose. Nothing but `reveal` gives the value away; secrets cannot be pickled.
    """

    __slots__ = ("_value", "shown")

    def __init__(self, value: str | None, shown: str = SENSITIVE) -> None:
        self._value = value
        self.shown = shown

    @property
    def known(self) -> bool:
        return self._value is not None

    def reveal(self) -> str:
        """The value itself, for the wire only. ValueError where it is unknown."""
        if self._value is None:
            raise ValueError(f"{self.shown} was not resolved")
        return self._value

    def __bool__(self) -> bool:
        return self._value != ""

    def __eq__(self, other: object) -> bool:
        """Equal to a secret, or a text, of the same value. An unknown one equals nothing."""
        if isinstance(other, Secret):
            return self._value is not None and self._value == other._value
        return isinstance(other, str) and self._value == other

    def __hash__(self) -> int:
        return hash(self._value)

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"Secret({self.shown})"

    def __format__(self, spec: str) -> str:
        return format(self.shown, spec)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> Never:
        raise TypeError("a secret cannot be pickled")


Text = str | Secret


def reveal(text: Text) -> str:
    """The text itself, for the wire only."""
    return text.reveal() if isinstance(text, Secret) else text


def is_known(text: Text) -> bool:
    """Whether the text has a value: only an unresolved secret has none."""
    return not isinstance(text, Secret) or text.known


def masked_url(url: str) -> str:
    """A text as it may be shown: of a URL, the user part and the query's values become `…`."""
    if "@" not in url and "?" not in url:
        return url
    before, marker, query = url.partition("?")
    scheme, slashes, rest = before.partition("://")
    authority, slash, path = rest.partition("/")
    if "@" in authority:
        authority = f"{HIDDEN}@{authority.rpartition('@')[2]}"
    shown = f"{scheme}{slashes}{authority}{slash}{path}" if slashes else before
    return shown + marker + "&".join(map(_masked_item, query.split("&"))) if marker else shown


def _masked_item(item: str) -> str:
    name, equals, _ = item.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a declaration file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, told to the user: where it is, what it is, and what to do about it."""

    severity: Severity
    message: str
    position: Position | None = None

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        return f"{place}{self.severity}: {self.message}"


class _Shown:
    """A repr for configs: without the fields that are secret, and URLs masked."""

    __slots__ = ()

    def __repr__(self) -> str:
        texts = (
            f"{item.name}={_repr_of(getattr(self, item.name))}"
            for item in fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
            if item.repr
        )
        return f"{type(self).__name__}({', '.join(texts)})"


def _repr_of(value: object) -> str:
    return repr(masked_url(value) if isinstance(value, str) else value)


@dataclass(frozen=True, slots=True, repr=False)
class HttpPushConfig(_Shown):
    """Pushes each event to an HTTPS endpoint. None leaves a field out (dt-api.md section 4.2)."""

    type: ClassVar[str] = "HTTP_PUSH"
    url: Text | None = None
    signature_secret: Text | None = field(default=None, repr=False)
    headers: Mapping[str, Text] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class GoogleCloudPubsubConfig(_Shown):
    """Publishes to a Google Cloud Pub/Sub topic; `audience` is the workload identity provider."""

    type: ClassVar[str] = "GOOGLE_CLOUD_PUBSUB"
    topic: Text | None = None
    audience: Text | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AwsSqsConfig(_Shown):
    """Sends to an AWS SQS queue in the role `aws_role_arn`."""

    type: ClassVar[str] = "AWS_SQS"
    queue_url: Text | None = None
    aws_role_arn: Text | None = None
    audience: Text | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AzureAuthentication(_Shown):
    """The Entra ID application that DT's federated token stands for."""

    tenant_id: Text | None = None
    client_id: Text | None = None


@dataclass(frozen=True, slots=True, repr=False)
class BrokerProperties(_Shown):
    """Service Bus broker properties set on each message."""

    correlation_id: Text | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AzureServiceBusConfig(_Shown):
    """Sends to an Azure Service Bus topic or queue."""

    type: ClassVar[str] = "AZURE_SERVICE_BUS"
    url: Text | None = None
    authentication_config: AzureAuthentication | None = None
    broker_properties: BrokerProperties | None = None


@dataclass(frozen=True, slots=True, repr=False)
class AzureEventHubConfig(_Shown):
    """Sends to an Azure Event Hub."""

    type: ClassVar[str] = "AZURE_EVENT_HUB"
    url: Text | None = None
    authentication_config: AzureAuthentication | None = None


Config = (
    HttpPushConfig
    | GoogleCloudPubsubConfig
    | AwsSqsConfig
    | AzureServiceBusConfig
    | AzureEventHubConfig
)

CONFIG_CLASSES: Mapping[str, type[Config]] = {
    HttpPushConfig.type: HttpPushConfig,
    GoogleCloudPubsubConfig.type: GoogleCloudPubsubConfig,
    AwsSqsConfig.type: AwsSqsConfig,
    AzureServiceBusConfig.type: AzureServiceBusConfig,
    AzureEventHubConfig.type: AzureEventHubConfig,
}
"""The config class of each connector type that dcsync knows."""


def config_leaves(config: object, prefix: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of a config with its path below `config`: `url`, `headers.X-Env`; None left out.

    A header's name is kept as written, dots included: it is all that follows `headers.`.
    """
    for field_name in getattr(config, "__match_args__", ()):
        value = getattr(config, field_name)
        path = prefix + field_name
        if isinstance(value, (str, Secret)):
            yield path, value
        elif isinstance(value, Mapping):
            for name, text in value.items():
                yield f"{path}.{name}", text
        else:
            yield from config_leaves(value, f"{path}.")


@dataclass(frozen=True, slots=True)
class Connector:
    """One Data Connector, declared or live.

    `data_connector_id` is "" for a declared one that is not pinned; `status` is "" for a declared
    one that leaves it out; `config` is None for a live one of a type that dcsync does not know.
    """

    project_id: str
    data_connector_id: str
    display_name: str
    type: str
    status: str
    event_types: tuple[str, ...]
    labels: tuple[str, ...]
    config: Config | None


@dataclass(frozen=True, slots=True)
class ConnectorPatch:
    """What an update sends: a None is left out of the request, all else is set."""

    display_name: str | None = None
    status: str | None = None
    event_types: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    config: Config | None = None


@dataclass(frozen=True, slots=True)
class WatchFilter:
    """A declaration's `watch:` block; a label filter of None means any value."""

    label_filters: Mapping[str, str | None] = field(default_factory=dict)
    device_types: tuple[str, ...] = ()
    device_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """One connector as a file declares it, references resolved and defaults laid under."""

    address: str
    connector: Connector
    position: Position
    renamed_from: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    sync_after: tuple[str, ...] = ()
    watch: WatchFilter = field(default_factory=WatchFilter)


class Prune(StrEnum):
    """What happens to live connectors that nothing declares."""

    ALL = "all"
    PREVIOUS = "previous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """A project's rules about deleting."""

    prune: Prune
    protect: tuple[str, ...] = ()
    max_deletes: int = 3
    quota: int = 10


@dataclass(frozen=True, slots=True)
class DeclaredProject:
    """One project with everything the files declare for it, in the order of the files.

    `files` are those that declare it, named as in Positions.
    """

    project_id: str
    key: str
    policy: Policy
    connectors: tuple[Declared, ...]
    position: Position
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything that a run's files declare, and the warnings they earned."""

    projects: tuple[DeclaredProject, ...]
    warnings: tuple[Diagnostic, ...] = ()
