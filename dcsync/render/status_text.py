"""How the declared connectors stand, as a table for a terminal or Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from dcsync.render.tables import columns, markdown_table
from dcsync.render.words import Style, Visible, block, json_text, lines, paragraphs, visible
from dcsync.watch.standing import Drift, Health, Standing

FORMAT_VERSION = 1
BAR_WIDTH = 8
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STYLES = {
    Health.OK: "green",
    Health.QUIET: "dim",
    Health.DRIFTED: "yellow",
    Health.DEGRADED: "yellow",
}

HEAD = ("HEALTH", "CONNECTOR", "STATUS", "DRIFT", "SUCCESS", "P99", "ERRORS")


def render_text(standings: Sequence[Standing], style: Style) -> Visible:
    """A line a connector, worst first, and the totals in the last line."""
    rows = [HEAD, *(_row(each, bar=True) for each in standings)]
    styles = ["bold", *(_STYLES.get(each.health, "red") for each in standings)]
    notes = [visible(f"{each.address}: {each.trouble}") for each in standings if each.trouble]
    return lines([*columns(rows, styles, style), *notes, summary(standings)])


def render_markdown(standings: Sequence[Standing]) -> Visible:
    """A table for a step summary or a comment."""
    head = [each.capitalize() for each in HEAD]
    table = markdown_table(head, [_row(each, bar=False) for each in standings])
    return paragraphs([block("### dcsync status"), table, summary(standings)])


def render_json(standings: Sequence[Standing]) -> Visible:
    content = {
        "format_version": FORMAT_VERSION,
        "connectors": [_object(each) for each in standings],
    }
    return json_text(content)


def bar(rate: float | None) -> str:
    """A rate from 0 to 1 as a bar of eight characters."""
    if rate is None:
        return "·" * BAR_WIDTH
    eighths = round(min(max(rate, 0.0), 1.0) * BAR_WIDTH * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(BAR_WIDTH, "░")


def rate_text(rate: float | None) -> str:
    """Never 100 % where anything failed, never 0 % where anything arrived."""
    if rate is None:
        return "no deliveries"
    if 0 < rate < 1:
        return f"{min(max(rate * 100, 0.1), 99.9):.1f} %"
    return f"{rate * 100:.0f} %"


def latency_text(standing: Standing) -> str:
    return "" if standing.latency_s is None else f"{standing.latency_s * 1000:.0f} ms"


def drift_text(standing: Standing) -> str:
    """What differs, as far as a line allows."""
    if standing.drift is not Drift.DRIFTED:
        return str(standing.drift)
    paths = ", ".join(standing.changes[:3])
    more = f", {len(standing.changes) - 3} more" if len(standing.changes) > 3 else ""
    return f"{standing.drift}: {paths}{more}" if paths else str(standing.drift)


def summary(standings: Sequence[Standing]) -> Visible:
    active = sum(each.status == "ACTIVE" for each in standings)
    in_sync = sum(each.drift is Drift.IN_SYNC for each in standings)
    deliveries = sum(each.deliveries for each in standings)
    errors = sum(each.metrics.error_count for each in standings if each.metrics)
    return visible(
        f"Status: {len(standings)} declared, {active} active, {in_sync} in sync;"
        f" {deliveries} deliveries in 3 h, {errors} failed."
    )


def _row(standing: Standing, *, bar: bool) -> tuple[str, ...]:
    rate = rate_text(standing.success_rate) if standing.metrics else ""
    shown = f"{_bar(standing)} {rate}" if bar and standing.metrics else rate
    errors = str(standing.metrics.error_count) if standing.metrics else ""
    return (
        str(standing.health),
        standing.address,
        standing.status or "-",
        drift_text(standing),
        shown,
        latency_text(standing),
        errors,
    )


def _bar(standing: Standing) -> str:
    return bar(standing.success_rate)


def _object(standing: Standing) -> dict[str, object]:
    metrics = standing.metrics
    return {
        "address": standing.address,
        "project_id": standing.project_id,
        "data_connector_id": standing.data_connector_id,
        "display_name": standing.display_name,
        "type": standing.type,
        "status": standing.status,
        "health": str(standing.health),
        "drift": str(standing.drift),
        "changes": list(standing.changes),
        "metrics": metrics
        and {
            "success_count": metrics.success_count,
            "error_count": metrics.error_count,
            "latency_99p": metrics.latency_99p,
        },
        "trouble": standing.trouble,
    }
