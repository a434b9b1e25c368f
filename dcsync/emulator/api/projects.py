"""Projects, organizations and the caller's permissions (docs/api.md section 6.2)."""

from __future__ import annotations

from dcsync.emulator.api.call import Call
from dcsync.emulator.api.paging import arrange, page
from dcsync.emulator.wire import Json, Refused


def list_(call: Call) -> Json:
    cloud, request = call.cloud, call.request
    organization = request.first("organization")
    query = request.first("query").lower()
    found = [
        project
        for project in cloud.store.projects.of().values()
        if call.account.may("project.read", project["name"].removeprefix("projects/"))
        and organization in {"", project["organization"]}
        and query in project["displayName"].lower()
    ]
    listed = page(
        call,
        "projects",
        arrange(found, cloud.switches),
        identify=lambda project: project["name"],
    )
    listed["projects"] = [cloud.project_shown(project) for project in listed["projects"]]
    return listed


def get(call: Call) -> Json:
    return call.cloud.project_shown(call.cloud.project(call.project_id))


def create(call: Call) -> Json:
    cloud, body = call.cloud, call.request.json()
    organization_id = str(body.get("organization", "")).removeprefix("organizations/")
    if cloud.store.organizations.get(organization_id) is None:
        raise Refused(400, "organization is required and must exist")
    name = body.get("displayName")
    if not isinstance(name, str) or not name:
        raise Refused(400, "displayName is required")
    location = _object(body, "location")
    project_id = cloud.add_project(name, organization_id=organization_id, location=location)
    return cloud.project_shown(cloud.project(project_id))


def update(call: Call) -> Json:
    cloud = call.cloud
    project, body = cloud.project(call.project_id), call.request.json()
    name = body.get("displayName") or project["displayName"]
    if not isinstance(name, str):
        raise Refused(400, "displayName must be a string")
    location = {**project["location"], **_object(body, "location")}
    after = {**project, "displayName": name, "location": location}
    cloud.store.projects.put(call.project_id, after)
    return cloud.project_shown(after)


def delete(call: Call) -> Json:
    store = call.cloud.store
    call.cloud.project(call.project_id)
    if store.devices.of(call.project_id) or store.connectors.of(call.project_id):
        raise Refused(400, "the project still holds devices or Data Connectors")
    store.projects.remove(call.project_id)
    return {}


def batch_update(call: Call) -> Json:
    """Set and remove labels of projects."""
    cloud, body = call.cloud, call.request.json()
    added, removed = _object(body, "addLabels"), body.get("removeLabels") or []
    names = body.get("projects") or []
    if not isinstance(names, list) or not isinstance(removed, list):
        raise Refused(400, "projects and removeLabels must be lists")
    found = {str(name): cloud.project(str(name).removeprefix("projects/")) for name in names}
    if not all(call.account.may("project.update", n.removeprefix("projects/")) for n in found):
        raise Refused(403, f"the role {call.account.role} lacks project.update")
    for name, project in found.items():
        labels = {**project["labels"], **added}
        kept = {key: value for key, value in labels.items() if key not in removed}
        cloud.store.projects.put(name.removeprefix("projects/"), {**project, "labels": kept})
    return {"batchErrors": []}


def permissions(call: Call) -> Json:
    call.cloud.project(call.project_id)
    status = call.cloud.switches.permissions_status
    if status != 200:
        raise Refused(status, "permissions are not listed here")
    held = call.account.permissions(call.project_id)
    return page(call, "permissions", held)


def list_organizations(call: Call) -> Json:
    cloud = call.cloud
    found = list(cloud.store.organizations.of().values())
    return page(
        call,
        "organizations",
        arrange(found, cloud.switches),
        identify=lambda organization: organization["name"],
    )


def get_organization(call: Call) -> Json:
    found = call.cloud.store.organizations.get(call.resource_id)
    if found is None:
        raise Refused(404, "no such organization")
    return found


def organization_permissions(call: Call) -> Json:
    get_organization(call)
    return page(
        call,
        "permissions",
        call.account.permissions(None),
    )


def _object(body: Json, name: str) -> Json:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise Refused(400, f"{name} must be an object")
    return value
