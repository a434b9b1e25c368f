"""The options of the commands that look at events and deliveries."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.formats import EventFormat, PlainFormat, PlanFormat, StatusFormat
from dcsync.options.shared import (
    CloudOptions,
    DeliveryOptions,
    EventFilterOptions,
    Options,
    SelectionOptions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions(Options):
    """`dcsync watch`."""

    selection: SelectionOptions
    event_filter: EventFilterOptions
    count: int | None
    duration: float | None
    since: str | None
    resume: str | None
    forward_to: str | None
    delivery: DeliveryOptions
    cloud: CloudOptions
    format: EventFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions(Options):
    """`dcsync backfill`."""

    selection: SelectionOptions
    since: str
    until: str | None
    to: str | None
    dry_run: bool
    resume: str | None
    auto_approve: bool
    delivery: DeliveryOptions
    cloud: CloudOptions
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyOptions(Options):
    """`dcsync verify`."""

    selection: SelectionOptions
    min_events: int
    patience: float
    sync: bool
    settle: float
    allow_quiet: bool
    cloud: CloudOptions
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions(Options):
    """`dcsync doctor`."""

    selection: SelectionOptions
    base: str
    rules: tuple[str, ...]
    offline: bool
    probe: bool
    cloud: CloudOptions
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions(Options):
    """`dcsync status`."""

    selection: SelectionOptions
    fail_on: frozenset[str]
    notify: str | None
    state: str | None
    allow_http: bool
    cloud: CloudOptions
    format: StatusFormat
