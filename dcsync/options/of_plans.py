"""The options of the commands that plan and change."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.formats import PlanFormat, View
from dcsync.model import Allowances
from dcsync.options.shared import (
    CloudOptions,
    ExecutionOptions,
    Options,
    RolloutOptions,
    SelectionOptions,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions(Options):
    """`dcsync plan`."""

    selection: SelectionOptions
    base: str
    base_from: str
    allowances: Allowances
    allow_unset: bool
    impact: bool
    detailed_exitcode: bool
    out: str | None
    cloud: CloudOptions
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions(Options):
    """`dcsync drift`."""

    selection: SelectionOptions
    applied: str
    accepted: str | None
    unmanaged: bool
    allow_unset: bool
    cloud: CloudOptions
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions(Options):
    """`dcsync apply`."""

    selection: SelectionOptions
    base: str
    base_from: str
    allowances: Allowances
    plan: str
    impact: bool
    execution: ExecutionOptions
    rollout: RolloutOptions
    cloud: CloudOptions
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyOptions(Options):
    """`dcsync destroy`."""

    selection: SelectionOptions
    allowances: Allowances
    execution: ExecutionOptions
    cloud: CloudOptions
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions(Options):
    """`dcsync sync`."""

    selection: SelectionOptions
    cloud: CloudOptions
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions(Options):
    """`dcsync show`."""

    saved: str
    newer: str | None
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions(Options):
    """`dcsync report merge`."""

    reports: tuple[str, ...]
    format: PlanFormat
