"""Groups of options that several commands share."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.formats import Format


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """Options for output."""

    color: str
    quiet: bool
    verbose: int


@dataclass(frozen=True, slots=True)
class SelectionOptions:
    """The declarations that a run is about. Without `paths`, the working directory."""

    paths: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    changed_since: str = ""
    shard: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class CloudOptions:
    """Where the API is, unless the environment says so; times in seconds."""

    api_url: str | None
    token_url: str | None
    emulator_url: str | None
    timeout: float
    parallelism: int
    rate: tuple[int, float] | None
    """At most so many calls in so many seconds."""


@dataclass(frozen=True, slots=True)
class ExecutionOptions:
    """How operations are executed."""

    auto_approve: bool
    keep_going: bool
    settle: float


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """The waves of an apply (none: at once), the proof of delivery, and the rollback."""

    waves: tuple[str, ...] = ()
    verify: bool = False
    verify_timeout: float = 60.0
    allow_quiet: bool = False
    reverse: str = ""


@dataclass(frozen=True, slots=True)
class EventFilterOptions:
    """Filters for events, beyond those of the declarations."""

    all_devices: bool
    labels: tuple[str, ...]
    event_types: tuple[str, ...]
    device_types: tuple[str, ...]
    device_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How events are delivered to an endpoint."""

    max_in_flight: int
    allow_http: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What every command has."""

    command: str
    output: OutputOptions
    format: Format = Format.TEXT
