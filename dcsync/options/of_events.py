"""The options of the commands that look at events and deliveries."""

from __future__ import annotations

from dataclasses import dataclass

from dcsync.formats import EventFormat, PlainFormat, PlanFormat, StatusFormat
from dcsync.options.shared import Cloud, DeliveryOptions, Options, Selection, Wishes


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
class DoctorOptions(Options):
    """`dcsync doctor`."""

    selection: Selection
    base: str
    offline: bool
    probe: bool
    cloud: Cloud
    format: PlainFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions(Options):
    """`dcsync status`."""

    selection: Selection
    fail_on: frozenset[str]
    notify: str | None
    state: str | None
    allow_http: bool
    cloud: Cloud
    format: StatusFormat
