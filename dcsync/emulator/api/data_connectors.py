"""The seven Data Connector calls (docs/api.md section 4.3)."""

from __future__ import annotations

from dcsync.emulator.api.call import Call
from dcsync.emulator.api.connector_resource import created, patched, shown, unchecked
from dcsync.emulator.api.paging import arrange, page
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.wire import HttpResponse, Json, Refused, json_response
from dcsync.emulator.world import World


def list_(call: Call) -> Json:
    cloud = call.cloud
    live = _listed(call)
    found = page(
        call,
        "dataConnectors",
        arrange(live, cloud.switches),
        identify=lambda resource: resource["name"],
    )
    found["dataConnectors"] = [shown(r, cloud.switches) for r in found["dataConnectors"]]
    return found


def _listed(call: Call) -> list[Json]:
    """The connectors of the project, or for `-` of every project that the caller may read."""
    store = call.cloud.store
    projects = [call.project_id]
    if call.project_id == "-":
        readable = store.projects.of()
        projects = [p for p in readable if call.account.may("dataconnector.read", p)]
    found = (r for project in projects for r in store.connectors.of(project).values())
    return [resource for resource in found if call.cloud.is_propagated(resource["name"])]


def get(call: Call) -> Json:
    return shown(_live(call), call.cloud.switches)


def create(call: Call) -> Json | HttpResponse:
    resource = store_new(call.cloud, call.project_id, call.request.json())
    return _written(call, resource, created=True)


def store_new(
    cloud: World, project_id: str, body: Json, connector_id: str = "", *, as_is: bool = False
) -> Json:
    """Store a new connector; Refused, unless `as_is`, if the body or the quota forbids it."""
    connector_id = connector_id or new_id(cloud.clock.now())
    name = f"projects/{project_id}/dataconnectors/{connector_id}"
    resource = unchecked(name, body) if as_is else created(name, body, cloud.switches)
    quota = cloud.switches.quota
    if not as_is and quota is not None and len(cloud.store.connectors.of(project_id)) >= quota:
        raise Refused(
            cloud.switches.quota_status, f"a project holds at most {quota} Data Connectors"
        )
    cloud.store.connectors.put(connector_id, resource, project_id)
    cloud.note_created(name)
    return resource


def update(call: Call) -> Json | HttpResponse:
    cloud, before = call.cloud, _live(call)
    mask = ",".join(call.request.query.get("update_mask", []))
    after = patched(before, call.request.json(), mask, cloud.switches)
    cloud.store.connectors.put(call.resource_id, after, call.project_id)
    if before["status"] != after["status"]:
        cloud.deliveries.forget(call.resource_id)
    return _written(call, after)


def delete(call: Call) -> Json | HttpResponse:
    cloud = call.cloud
    if not cloud.store.connectors.remove(call.resource_id, call.project_id):
        if cloud.switches.second_delete == "not_found":
            raise _unknown()
        return _written(call, {})
    cloud.deliveries.forget_all(call.resource_id)
    return _written(call, {})


def metrics(call: Call) -> Json:
    _live(call)
    return {"metrics": call.cloud.deliveries.outcomes.metrics(call.resource_id)}


def sync(call: Call) -> Json | HttpResponse:
    cloud, resource = call.cloud, _live(call)
    active = resource["status"] == "ACTIVE"
    if not active and cloud.switches.sync_disabled == "reject":
        raise Refused(400, "the Data Connector is disabled")
    if active or cloud.switches.sync_disabled == "deliver":
        cloud.resend_latest(call.project_id, resource)
    return _written(call, {})


def _live(call: Call) -> Json:
    resource = call.cloud.store.connectors.get(call.resource_id, call.project_id)
    if resource is None or not call.cloud.is_propagated(resource["name"]):
        raise _unknown()
    return resource


def _unknown() -> Refused:
    return Refused(404, "no such Data Connector")


def _written(call: Call, body: Json, *, created: bool = False) -> Json | HttpResponse:
    """The response to a write, as configured by the switch."""
    switches = call.cloud.switches
    if switches.write_answers == "no_content":
        return HttpResponse(204)
    shown_body = shown(body, switches) if body else body
    if created and switches.write_answers == "created":
        return json_response(shown_body, 201)
    return shown_body
