"""`dt.Project`: finding projects (docs/api.md section 6.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, Unpack

from dcsync.cloud.request import Request, path_of
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.output import Output, id_after, number, string


class Project(Output, Resource):
    """A project as the API returned it."""

    shown = ("project_id", "display_name", "organization_id", "organization_display_name")

    def __init__(self, project: Mapping[str, Any]) -> None:
        super().__init__(project)
        self.project_id = id_after(string(project, "name"), "projects")
        self.id = self.project_id
        """The older name of `project_id`."""
        self.display_name = string(project, "displayName")
        self.organization_id = id_after(string(project, "organization"), "organizations")
        self.organization_display_name = string(project, "organizationDisplayName")
        self.sensor_count = number(project, "sensorCount")
        self.cloud_connector_count = number(project, "cloudConnectorCount")
        self.is_inventory = bool(project.get("inventory"))

    @classmethod
    def get_project(cls, project_id: str, **configuration: Unpack[Configuration]) -> Self:
        """One project; NotFound if it does not exist."""
        request = Request("GET", path_of("projects", project_id))
        return cls(cls.client_of(configuration).get_object(request))

    @classmethod
    def create_project(
        cls, organization_id: str, display_name: str, **configuration: Unpack[Configuration]
    ) -> Self:
        """Create a project in an organization; like every create never retried."""
        body = {"organization": f"organizations/{organization_id}", "displayName": display_name}
        request = Request("POST", "/projects", body=body)
        return cls(cls.client_of(configuration).get_object(request))

    @classmethod
    def update_project(
        cls,
        project_id: str,
        display_name: str | None = None,
        **configuration: Unpack[Configuration],
    ) -> None:
        """Set the display name; None does not change it."""
        body = {} if display_name is None else {"displayName": display_name}
        request = Request("PATCH", path_of("projects", project_id), body=body)
        cls.client_of(configuration).call(request)

    @classmethod
    def delete_project(cls, project_id: str, **configuration: Unpack[Configuration]) -> None:
        """Delete a project; BadRequest while it has devices or Data Connectors."""
        request = Request("DELETE", path_of("projects", project_id))
        cls.client_of(configuration).call(request)

    @classmethod
    def list_permissions(cls, project_id: str, **configuration: Unpack[Configuration]) -> list[str]:
        """The permissions of the credentials in the project: `dataconnector.read`, … (section
        2.3)."""
        request = Request("GET", f"{path_of('projects', project_id)}/permissions")
        return list(cls.client_of(configuration).list_strings(request, "permissions"))

    @classmethod
    def list_projects(
        cls,
        organization_id: str | None = None,
        query: str | None = None,
        **configuration: Unpack[Configuration],
    ) -> list[Self]:
        """The projects visible to the credentials, one call per page of 100.

        `query` searches the display names of project and organization.
        """
        given = {
            "organization": organization_id and f"organizations/{organization_id}",
            "query": query,
        }
        parameters = tuple((name, value) for name, value in given.items() if value is not None)
        request = Request("GET", "/projects", parameters)
        return [cls(each) for each in cls.client_of(configuration).list_all(request, "projects")]
