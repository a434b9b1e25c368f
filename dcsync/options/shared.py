"""What the options of several commands are put together from."""

from __future__ import annotations

from dataclasses import dataclass

from dcsync.formats import Format


@dataclass(frozen=True, slots=True)
class Output:
    """How a command speaks."""

    color: str
    quiet: bool
    verbose: int


@dataclass(frozen=True, slots=True)
class Selection:
    """Which declarations a run is about. No `paths` mean the working folder."""

    paths: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    excepted: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    changed_since: str = ""
    shard: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where the API is, where the environment does not say it; times in seconds."""

    api_url: str | None
    token_url: str | None
    emulator_url: str | None
    timeout: float
    parallelism: int
    rate: tuple[int, float] | None
    """At most so many calls in any so many seconds."""


@dataclass(frozen=True, slots=True)
class Allowances:
    """Up to how many of what guards may let pass."""

    allow_deletes: int = 0
    allow_changes: int = 0
    allow_frozen: int = 0
    allow_active: int = 0


@dataclass(frozen=True, slots=True)
class Execution:
    """How operations are carried out."""

    auto_approve: bool
    keep_going: bool
    settle: float


@dataclass(frozen=True, slots=True)
class Rollout:
    """In which waves a plan is applied (none: at once), how it is proven, and the way back."""

    waves: tuple[str, ...] = ()
    verify: bool = False
    verify_timeout: float = 60.0
    allow_quiet: bool = False
    reverse: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What narrows events further than their declarations do."""

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
    output: Output
    format: Format = Format.TEXT
