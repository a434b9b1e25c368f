"""A project as the API lists it: what it is called, where it belongs, how much is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcsync.cloud import resources
from dcsync.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """One project (docs/api.md section 6.2); `sensors` is None where the API does not say."""

    project_id: str
    display_name: str
    organization_id: str
    organization: str
    """The organization's display name."""
    is_inventory: bool = False
    sensors: int | None = None


def project_of(resource: Mapping[str, Any]) -> Project:
    """A project from the API's JSON; InvalidResponse for what is none."""
    resources.check_project(resource)
    has_sensors = resource.get("sensorCount") is not None
    return Project(
        project_id=resource["name"].removeprefix("projects/"),
        display_name=resource.get("displayName") or "",
        organization_id=(resource.get("organization") or "").removeprefix("organizations/"),
        organization=resource.get("organizationDisplayName") or "",
        is_inventory=resource.get("inventory") is True,
        sensors=resources.count_in(resource, "sensorCount") if has_sensors else None,
    )
