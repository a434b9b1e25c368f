"""Formats drift as JSON. Returns strings, prints nothing."""

from __future__ import annotations

from dcsync.dataclass import asdict
from dcsync.drift import Accepted, Drift, DriftReport, FieldDrift, NotCompared, Pending
from dcsync.model.acceptance import Acceptance
from dcsync.render.diagnostics import diagnostic_object, position_object
from dcsync.render.words import Visible, json_text

FORMAT_VERSION = 1


def render_report(report: DriftReport) -> Visible:
    """The whole report; equal reports give equal bytes."""
    judged = report.judged
    return json_text(
        {
            "format_version": FORMAT_VERSION,
            "applied": report.revision or None,
            "summary": {
                "drifted": len(judged.drifts),
                "accepted": len(judged.accepted),
                "pending": len(report.pending),
                "unmanaged": len(report.unmanaged),
                "as_applied": report.as_applied,
                "not_compared": len(report.not_compared),
                "projects": report.projects,
                "projects_not_seen": report.unseen,
            },
            "drift": [_drift_object(each) for each in judged.drifts],
            "accepted": [_accepted_object(each) for each in judged.accepted],
            "expired": [_entry_object(each) for each in judged.expired],
            "unused": [_entry_object(each) for each in judged.unused],
            "pending": [_pending_object(each) for each in report.pending],
            "unmanaged": [asdict(each) for each in report.unmanaged],
            "not_compared": [_with_dots(each) for each in report.not_compared],
            "diagnostics": [
                diagnostic_object(each) for each in (*report.warnings, *report.problems)
            ],
        }
    )


def _drift_object(drift: Drift) -> dict[str, object]:
    """One connector; `declared` is null where it is declared as it was applied."""
    return {
        "kind": str(drift.kind),
        "address": drift.address,
        "project_key": drift.project_key,
        "project_id": drift.project_id,
        "data_connector_id": drift.data_connector_id or None,
        "display_name": drift.display_name,
        "source": position_object(drift.source),
        "fields": [_with_dots(each) for each in drift.fields],
    }


def _accepted_object(accepted: Accepted) -> dict[str, object]:
    return {**_drift_object(accepted.drift), "accepted_by": _entry_object(accepted.by)}


def _entry_object(entry: Acceptance) -> dict[str, object]:
    return {**asdict(entry), "position": position_object(entry.position)}


def _pending_object(pending: Pending) -> dict[str, object]:
    return {
        **asdict(pending),
        "paths": list(map(str, pending.paths)),
        "source": position_object(pending.source),
    }


def _with_dots(found: FieldDrift | NotCompared) -> dict[str, object]:
    return {**asdict(found), "path": str(found.path)}
