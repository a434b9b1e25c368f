"""Members of a project, as the official SDK lists and changes them. They have no effect here."""

from __future__ import annotations

from dcsync.emulator.api.call import Call
from dcsync.emulator.api.paging import arrange, page
from dcsync.emulator.clock import timestamp
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.wire import Json, Refused


def list_(call: Call) -> Json:
    cloud = call.cloud
    found = arrange(list(cloud.store.members.of(call.project_id).values()), cloud.switches)
    return page(
        call,
        "members",
        found,
        identify=lambda m: m["name"],
    )


def get(call: Call) -> Json:
    found = call.cloud.store.members.get(call.resource_id, call.project_id)
    if found is None:
        raise Refused(404, "no such member")
    return found


def create(call: Call) -> Json:
    cloud, body = call.cloud, call.request.json()
    email = body.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise Refused(400, "email is required")
    if any(m["email"] == email for m in cloud.store.members.of(call.project_id).values()):
        raise Refused(409, "already a member")
    is_service = email.endswith(".serviceaccount.d21s.com")
    member_id = new_id(cloud.clock.now())
    member = {
        "name": f"projects/{call.project_id}/members/{member_id}",
        "displayName": email.partition("@")[0],
        "roles": _roles(body),
        "status": "ACCEPTED" if is_service else "PENDING",
        "email": email,
        "accountType": "SERVICE_ACCOUNT" if is_service else "USER",
        "createTime": timestamp(cloud.clock.now()),
    }
    cloud.store.members.put(member_id, member, call.project_id)
    return member


def update(call: Call) -> Json:
    member = {**get(call), "roles": _roles(call.request.json())}
    call.cloud.store.members.put(call.resource_id, member, call.project_id)
    return member


def delete(call: Call) -> Json:
    get(call)
    call.cloud.store.members.remove(call.resource_id, call.project_id)
    return {}


def invite_url(call: Call) -> Json:
    if get(call)["status"] != "PENDING":
        raise Refused(400, "the invite has been accepted")
    return {"inviteUrl": f"{call.cloud.base_url}/invite/{call.resource_id}"}


def _roles(body: Json) -> list[str]:
    roles = body.get("roles")
    if not isinstance(roles, list) or not roles or not all(isinstance(r, str) for r in roles):
        raise Refused(400, "roles must be a list of role names")
    return roles
