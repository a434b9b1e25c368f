"""Formats the projects visible to an account, as a table and as JSON. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dcsync.cloud.fleet import Listing
from dcsync.cloud.projects import Project
from dcsync.errors import CloudError
from dcsync.render.tables import columns, shorten
from dcsync.render.words import Style, Visible, counted, json_text, lines, visible

FORMAT_VERSION = 1
QUOTA = 10
"""Maximum number of connectors in a project (docs/api.md section 4.3)."""
WIDEST = 40
UNKNOWN = "?"
HEAD = ("PROJECT", "NAME", "ORGANIZATION", "SENSORS", "CONNECTORS", "LEFT")


def render_text(
    projects: Sequence[Project], listings: Mapping[str, Listing], style: Style
) -> Visible:
    """One line per project and the totals; without listings nothing about connectors."""
    if not projects:
        return visible("No projects: the account has no role in any.")
    width = len(HEAD) if listings else HEAD.index("CONNECTORS")
    rows = [HEAD, *(_row(each, listings) for each in projects)]
    table = columns([row[:width] for row in rows], ["bold"] + [""] * len(projects), style)
    return lines([*table, _summary(projects, listings)])


def render_json(projects: Sequence[Project], listings: Mapping[str, Listing]) -> Visible:
    """Unknown values are null."""
    content = {
        "format_version": FORMAT_VERSION,
        "projects": [_object(each, listings.get(each.project_id)) for each in projects],
    }
    return json_text(content)


def problems(listings: Mapping[str, Listing]) -> Iterator[Visible]:
    """One line per project whose connectors could not be listed."""
    for project_id, listing in listings.items():
        if isinstance(listing, CloudError):
            yield visible(f"dcsync: project {project_id} cannot be listed: {listing}")


def _row(project: Project, listings: Mapping[str, Listing]) -> tuple[str, ...]:
    live = _live(listings.get(project.project_id))
    numbers = (project.sensors, live, _left(live))
    return (
        project.project_id,
        f"{shorten(project.display_name, WIDEST)}{' (inventory)' * project.is_inventory}",
        shorten(project.organization or project.organization_id, WIDEST),
        *(UNKNOWN if each is None else str(each) for each in numbers),
    )


def _object(project: Project, listing: Listing | None) -> dict[str, object]:
    live = _live(listing)
    return {
        "project_id": project.project_id,
        "display_name": project.display_name,
        "organization_id": project.organization_id,
        "organization": project.organization,
        "inventory": project.is_inventory,
        "sensors": project.sensors,
        "data_connectors": live,
        "quota": QUOTA,
        "quota_left": _left(live),
        "trouble": str(listing) if isinstance(listing, CloudError) else "",
    }


def _live(listing: Listing | None) -> int | None:
    """How many connectors there are, None where nobody knows."""
    return len(listing) if isinstance(listing, tuple) else None


def _left(live: int | None) -> int | None:
    return None if live is None else max(QUOTA - live, 0)


def _summary(projects: Sequence[Project], listings: Mapping[str, Listing]) -> Visible:
    organizations = len({each.organization_id for each in projects})
    text = f"{counted(len(projects), 'project')} in {counted(organizations, 'organization')}"
    if listings:
        counts = [_live(each) for each in listings.values()]
        unknown = counts.count(None)
        text += f"; {counted(sum(each or 0 for each in counts), 'connector')}"
        text += f"; {counted(unknown, 'project')} could not be listed" if unknown else ""
    return visible(f"Projects: {text}.")
