"""What each command was asked for: one frozen class a command, put together from what they share.

`dcsync.arguments` makes them; whatever runs takes them, and knows nothing of a command line. Fields
bear the names of the parser's arguments.
"""

from __future__ import annotations

from dataclasses import dataclass

from dcsync.formats import EventFormat, Format, PlainFormat, PlanFormat, StatusFormat


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


@dataclass(frozen=True, slots=True)
class Allowances:
    """Up to how many of what guards may let pass."""

    allow_deletes: int = 0
    allow_changes: int = 0
    allow_frozen: int = 0


@dataclass(frozen=True, slots=True)
class Execution:
    """How operations are carried out."""

    auto_approve: bool
    keep_going: bool
    settle: float


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


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions(Options):
    """`dcsync init`."""

    folder: str
    project: str | None
    ci: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions(Options):
    """`dcsync import`."""

    projects: tuple[str, ...]
    organization: str
    from_tfstate: str
    out: str
    secrets_file: str
    cloud: Cloud
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateOptions(Options):
    """`dcsync validate`."""

    paths: tuple[str, ...]
    env: bool
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class FmtOptions(Options):
    """`dcsync fmt`."""

    paths: tuple[str, ...]
    check: bool
    diff: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions(Options):
    """`dcsync plan`."""

    selection: Selection
    base: str
    allowances: Allowances
    allow_unset: bool
    detailed_exitcode: bool
    out: str | None
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions(Options):
    """`dcsync apply`."""

    selection: Selection
    base: str
    allowances: Allowances
    plan: str
    execution: Execution
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyOptions(Options):
    """`dcsync destroy`."""

    selection: Selection
    allowances: Allowances
    execution: Execution
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions(Options):
    """`dcsync sync`."""

    selection: Selection
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions(Options):
    """`dcsync show`."""

    saved: str
    newer: str | None
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions(Options):
    """`dcsync watch`."""

    selection: Selection
    wishes: Wishes
    count: int | None
    duration: float | None
    since: str | None
    resume: str
    forward_to: str
    delivery: DeliveryOptions
    cloud: Cloud
    format: EventFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions(Options):
    """`dcsync backfill`."""

    selection: Selection
    since: str
    until: str | None
    to: str
    dry_run: bool
    resume: str | None
    auto_approve: bool
    delivery: DeliveryOptions
    cloud: Cloud
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions(Options):
    """`dcsync status`."""

    selection: Selection
    fail_on: frozenset[str]
    cloud: Cloud
    format: StatusFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions(Options):
    """`dcsync verify`."""

    selection: Selection
    min_events: int
    patience: float
    sync: bool
    allow_quiet: bool
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorOptions(Options):
    """`dcsync emulator`."""

    port: int
    rate: float
    history: float
    seed: str | None
    state: str | None
    env_file: str | None
    switches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveOptions(Options):
    """`dcsync receive`."""

    secret_envs: tuple[str, ...]
    issuers: tuple[str, ...]
    organization: str | None
    require_signature: bool
    ignore_expiry: bool
    port: int
    url_file: str | None
    count: int | None
    duration: float | None
    fail_rate: float
    delay: float
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions(Options):
    """`dcsync report merge`."""

    reports: tuple[str, ...]
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaOptions(Options):
    """`dcsync schema`."""

    name: str
    format: Format = Format.JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionOptions(Options):
    """`dcsync completion`."""

    shell: str
    words: tuple[str, ...]
