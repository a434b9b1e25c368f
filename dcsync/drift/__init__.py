"""PURE: compares live connectors with the revision applied last and the current one.

Three sides: live and neither as applied nor as declared is drift; declared and not yet applied is
pending; live as declared by now is neither. `find_drift` is the entry point.
"""

from dcsync.drift.acceptance import Accepted, Judged, judge
from dcsync.drift.found import (
    EVERYTHING,
    Drift,
    DriftKind,
    FieldDrift,
    NotCompared,
    Pending,
    ProjectDrift,
)
from dcsync.drift.report import DriftReport, report_of
from dcsync.drift.searching import find_drift
from dcsync.drift.sides import Sides, sides_of

__all__ = [
    "EVERYTHING",
    "Accepted",
    "Drift",
    "DriftKind",
    "DriftReport",
    "FieldDrift",
    "Judged",
    "NotCompared",
    "Pending",
    "ProjectDrift",
    "Sides",
    "find_drift",
    "judge",
    "report_of",
    "sides_of",
]
