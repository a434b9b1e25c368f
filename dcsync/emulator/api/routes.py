"""Every call of the API: method, path, required permission and handler."""

from __future__ import annotations

import re
from collections.abc import Callable

from dcsync.dataclass import dataclass
from dcsync.emulator.api import data_connectors, devices, history, members, projects
from dcsync.emulator.api.call import Call
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json

Handler = Callable[[Call], Json | HttpResponse]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    permission: str
    """"" if every account may call it."""
    handler: Handler
    any_project: bool
    """Whether `-` means any project."""

    def permission_in(self, switches: Switches) -> str:
        """The required permission; for two calls it is unknown."""
        if self.handler is data_connectors.sync:
            return f"dataconnector.{switches.sync_permission}"
        if self.handler is data_connectors.metrics:
            return f"dataconnector.{switches.metrics_permission}"
        return self.permission

    def takes_any_project(self, switches: Switches) -> bool:
        is_list = self.handler is data_connectors.list_
        return self.any_project or (is_list and switches.wildcard_connectors)


def _open_stream(call: Call) -> HttpResponse:
    cloud, key_id = call.cloud, call.account.key_id
    return cloud.streams.open(call.request, call.project_id, key_id, cloud.switches, cloud.clock)


def _route(
    method: str, path: str, permission: str, handler: Handler, *, any_project: bool = False
) -> Route:
    # A name ends before a colon, so that `devices/x:publish` is a call on x.
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/:]+)", path)
    return Route(method, re.compile(pattern), permission, handler, any_project)


_CONNECTORS = "/v2/projects/{project}/dataconnectors"
_DEVICES = "/v2/projects/{project}/devices"
_MEMBERS = "/v2/projects/{project}/members"
_EMULATED = "/emulator/v2/projects/{project}/devices"

ROUTES = (
    _route("GET", _CONNECTORS, "dataconnector.read", data_connectors.list_),
    _route("POST", _CONNECTORS, "dataconnector.create", data_connectors.create),
    _route("GET", _CONNECTORS + "/{resource}", "dataconnector.read", data_connectors.get),
    _route("PATCH", _CONNECTORS + "/{resource}", "dataconnector.update", data_connectors.update),
    _route("DELETE", _CONNECTORS + "/{resource}", "dataconnector.delete", data_connectors.delete),
    _route(
        "GET", _CONNECTORS + "/{resource}:metrics", "dataconnector.read", data_connectors.metrics
    ),
    _route("POST", _CONNECTORS + "/{resource}:sync", "dataconnector.update", data_connectors.sync),
    _route("GET", _DEVICES, "device.read", devices.list_, any_project=True),
    _route("GET", _DEVICES + ":stream", "device.read", _open_stream),
    _route("POST", _DEVICES + ":batchUpdate", "device.update", devices.batch_update),
    _route("POST", _DEVICES + ":transfer", "device.transfer", devices.transfer),
    _route("GET", _DEVICES + "/{resource}", "device.read", devices.get, any_project=True),
    _route("GET", _DEVICES + "/{resource}/events", "device.read", history.list_),
    _route("GET", _EMULATED, "emulator.read", devices.list_emulated),
    _route("POST", _EMULATED, "emulator.create", devices.create),
    _route("GET", _EMULATED + "/{resource}", "emulator.read", devices.get),
    _route("PUT", _EMULATED + "/{resource}", "emulator.update", devices.replace),
    _route("DELETE", _EMULATED + "/{resource}", "emulator.delete", devices.delete),
    _route("POST", _EMULATED + "/{resource}:publish", "emulator.update", devices.publish),
    _route("GET", "/v2/projects", "", projects.list_),
    _route("POST", "/v2/projects", "project.create", projects.create),
    _route("POST", "/v2/projects:batchUpdate", "", projects.batch_update),
    _route("GET", "/v2/projects/{project}", "project.read", projects.get),
    _route("PATCH", "/v2/projects/{project}", "project.update", projects.update),
    _route("DELETE", "/v2/projects/{project}", "project.delete", projects.delete),
    _route("GET", "/v2/projects/{project}/permissions", "", projects.permissions),
    _route("GET", _MEMBERS, "membership.read", members.list_),
    _route("POST", _MEMBERS, "membership.create", members.create),
    _route("GET", _MEMBERS + "/{resource}", "membership.read", members.get),
    _route("PATCH", _MEMBERS + "/{resource}", "membership.update", members.update),
    _route("DELETE", _MEMBERS + "/{resource}", "membership.delete", members.delete),
    _route("GET", _MEMBERS + "/{resource}:getInviteUrl", "membership.read", members.invite_url),
    _route("GET", "/v2/organizations", "", projects.list_organizations),
    _route("GET", "/v2/organizations/{resource}", "organization.read", projects.get_organization),
    _route(
        "GET",
        "/v2/organizations/{resource}/permissions",
        "organization.read",
        projects.organization_permissions,
    ),
)


def find(request: HttpRequest) -> tuple[Route, dict[str, str]] | None:
    """The route of a request and the names in its path."""
    for route in ROUTES:
        if route.method == request.method:
            match = route.pattern.fullmatch(request.path)
            if match:
                return route, match.groupdict()
    return None


def is_stream(request: HttpRequest) -> bool:
    return request.path.endswith("/devices:stream")
