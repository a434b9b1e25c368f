"""The options of the commands that plan and change."""

from __future__ import annotations

from dataclasses import dataclass

from dcsync.formats import PlanFormat, View
from dcsync.options.shared import Allowances, Cloud, Execution, Options, Rollout, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions(Options):
    """`dcsync plan`."""

    selection: Selection
    base: str
    base_from: str
    allowances: Allowances
    allow_unset: bool
    impact: bool
    detailed_exitcode: bool
    out: str | None
    cloud: Cloud
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftOptions(Options):
    """`dcsync drift`."""

    selection: Selection
    applied: str
    accepted: str | None
    unmanaged: bool
    allow_unset: bool
    cloud: Cloud
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyOptions(Options):
    """`dcsync apply`."""

    selection: Selection
    base: str
    base_from: str
    allowances: Allowances
    plan: str
    impact: bool
    execution: Execution
    rollout: Rollout
    cloud: Cloud
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DestroyOptions(Options):
    """`dcsync destroy`."""

    selection: Selection
    allowances: Allowances
    execution: Execution
    cloud: Cloud
    view: View
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
    view: View
    format: PlanFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions(Options):
    """`dcsync report merge`."""

    reports: tuple[str, ...]
    format: PlanFormat
