"""Renders the status as a table for a terminal or Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from dcsync.render.status.status_table import TableLayout, table
from dcsync.render.status.status_words import summary
from dcsync.render.tables import escaped, markdown_table
from dcsync.render.words import Style, Visible, block, json_text, lines, paragraphs, visible
from dcsync.render.wrapping import clauses, filled, wrapped
from dcsync.watch.overview import Overview, ProjectStanding
from dcsync.watch.standing import Standing

FORMAT_VERSION = 1


def render_text(overview: Overview, style: Style, width: int | None = None) -> Visible:
    """One line per connector, worst first, and the totals last; none wider than `width`."""
    notes = [line for note in _notes(overview) for line in wrapped(note, width, "  ")]
    totals = filled(clauses(summary(overview.connectors)), width, "  ")
    return lines([*table(overview.connectors, style, width), *notes, *totals])


def render_markdown(overview: Overview) -> Visible:
    """A table for a step summary or a comment."""
    layout = TableLayout(has_bars=False).fitting(overview.connectors)
    head = [each.capitalize() for each in layout.head()]
    rows = list(map(layout.cells, overview.connectors))
    notes = lines(visible(f"- {escaped(note)}") for note in _notes(overview))
    totals = visible(summary(overview.connectors))
    return paragraphs([block("### dcsync status"), markdown_table(head, rows), notes, totals])


def render_json(overview: Overview) -> Visible:
    content = {
        "format_version": FORMAT_VERSION,
        "connectors": [_object(each) for each in overview.connectors],
        "projects": [_project_object(each) for each in overview.projects],
    }
    return json_text(content)


def _notes(overview: Overview) -> Iterator[str]:
    """Why something could not be read, each reason once."""
    of_projects = dict.fromkeys(each.trouble for each in overview.projects if each.trouble)
    yield from of_projects
    for each in overview.connectors:
        if each.trouble and each.trouble not in of_projects:
            yield f"{each.address}: {each.trouble}"


def _project_object(project: ProjectStanding) -> dict[str, object]:
    return {
        "key": project.key,
        "project_id": project.project_id,
        "display_name": project.name,
        "connectors": project.live,
        "quota": project.quota,
        "trouble": project.trouble,
    }


def _object(standing: Standing) -> dict[str, object]:
    metrics = standing.metrics
    return {
        "address": standing.address,
        "project_id": standing.project_id,
        "project_display_name": standing.project_name,
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
