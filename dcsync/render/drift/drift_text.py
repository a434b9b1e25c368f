"""Formats drift for a terminal. Returns strings, prints nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dcsync.drift import Drift, DriftKind, DriftReport, FieldDrift, Pending
from dcsync.plan import Change, Shown
from dcsync.render.naming import NO_NAMES, Names, inside
from dcsync.render.plans.plan_lines import render_value, unmanaged_line
from dcsync.render.words import (
    Style,
    Visible,
    counted,
    lines,
    paragraphs,
    plain,
    quoted,
    value,
    visible,
)

_SYMBOLS = {DriftKind.CHANGED: "~", DriftKind.DELETED: "-", DriftKind.CREATED: "+"}
_STYLES = {DriftKind.CHANGED: "yellow", DriftKind.DELETED: "red", DriftKind.CREATED: "red"}


def render_report(report: DriftReport, style: Style = plain) -> Visible:
    """The drift with its fields, what does not count and why, and the tally."""
    return paragraphs([*_body(report, style), tally(report)])


def tally(report: DriftReport) -> Visible:
    """The last line: whether there is drift, what else there is, and what was not read."""
    drifts, judged = len(report.judged.drifts), report.judged
    revision = f"revision {report.revision[:8]}" if report.revision else "an empty state"
    if drifts:
        verb = "differs" if drifts == 1 else "differ"
        begin = f"Drift: {counted(drifts, 'connector')} {verb} from {revision}."
    else:
        begin = f"No drift from {revision}{' in what could be read' if report.problems else ''}."
    rest = (
        f"{report.as_applied} as applied, {len(judged.accepted)} accepted, "
        f"{len(report.pending)} pending, {len(report.unmanaged)} unmanaged"
    )
    blind = [
        *([f"{counted(report.unseen, 'project')} not seen"] if report.unseen else ()),
        *(
            [f"{counted(len(report.not_compared), 'field')} not compared"]
            if report.not_compared
            else ()
        ),
    ]
    return visible(f"{begin} {', '.join([rest, *blind])}.")


def headline(drift: Drift, names: Names = NO_NAMES) -> Visible:
    """One connector in one line, and what happened to it."""
    name = quoted(drift.display_name)
    place = f"  {drift.source or drift.data_connector_id}"
    where = f"{inside(drift.project_key, names)}{place}"
    return visible(f"{_SYMBOLS[drift.kind]} {drift.address}  {name}{where}: {_event(drift)}")


def field_line(field: FieldDrift) -> Visible:
    """A field as applied and as live; of a secret only that it differs."""
    path = value(str(field.path))
    if field.sensitive and not _masks_differ(field):
        return visible(f"{path}: {_deed(field)} (a secret, not shown)")
    before, live = _shown(field, field.applied), _shown(field, field.live)
    today = (
        f"; declared now: {_shown(field, field.declared)}" if field.is_declared_otherwise else ""
    )
    return visible(f"{path}: {before} -> {live}{today}")


def pending_line(pending: Pending) -> Visible:
    """What the next apply would do to one connector."""
    paths = f": {', '.join(map(str, pending.paths))}" if pending.paths else ""
    return visible(f"> {pending.address}  {quoted(pending.display_name)}: {pending.action}{paths}")


def remark_lines(report: DriftReport) -> Iterator[Visible]:
    """Accepted drift, expired entries, unused entries, and what was not compared."""
    for each in report.judged.accepted:
        yield visible(
            f"= {each.drift.address}  {', '.join(each.drift.paths)}: accepted until "
            f"{each.by.expires}: {each.by.reason}"
        )
    for entry in report.judged.expired:
        yield visible(
            f"{entry.position}: expired on {entry.expires}, so it counts again: "
            f"{entry.address} {entry.field}"
        )
    for entry in report.judged.unused:
        yield visible(
            f"{entry.position}: matches no drift, remove it: {entry.address} {entry.field}"
        )
    for unseen in report.not_compared:
        yield visible(f"{unseen.address}: {unseen.path} is not compared: {unseen.reason}")


def _body(report: DriftReport, style: Style) -> Iterator[Visible]:
    yield from (_drift(each, style, report.names) for each in report.judged.drifts)
    yield lines(style(pending_line(each), "cyan") for each in report.pending)
    yield lines(style(unmanaged_line(each, names=report.names), "dim") for each in report.unmanaged)
    yield lines(remark_lines(report))
    yield lines(
        [
            *(style(visible(str(each)), "yellow") for each in report.warnings),
            *(style(visible(str(each)), "red") for each in report.problems),
        ]
    )


def _drift(drift: Drift, style: Style, names: Names) -> Visible:
    fields = (visible(f"    {field_line(each)}") for each in drift.fields)
    return lines([style(headline(drift, names), _STYLES[drift.kind]), *fields])


def _event(drift: Drift) -> str:
    match drift.kind:
        case DriftKind.CHANGED:
            return f"{counted(len(drift.fields), 'field')} changed"
        case DriftKind.DELETED:
            return "deleted in the cloud"
        case DriftKind.CREATED:
            return "created in the cloud, not declared"
        case _:
            assert_never(drift.kind)


def _deed(field: FieldDrift) -> str:
    if field.applied is None:
        return "added"
    return "removed" if field.live is None else "changed"


def _masks_differ(field: FieldDrift) -> bool:
    """Whether the masks themselves differ, as those of URLs do by host and path."""
    return all("://" in str(side) for side in (field.applied, field.live)) and (
        field.applied != field.live
    )


def _shown(field: FieldDrift, shown: Shown) -> Visible:
    return render_value(Change(field.path, None, None, field.sensitive), shown)
