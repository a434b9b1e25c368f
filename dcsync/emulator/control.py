"""The emulator's own calls under `/control/`: faults, the call log, switches, scripting.

Not part of the DT API: without authentication, never subject to faults and never logged.
"""

from __future__ import annotations

from dataclasses import asdict

from dcsync.emulator.calls import ApiCall
from dcsync.emulator.cloud import Cloud
from dcsync.emulator.wire import HttpRequest, HttpResponse, Json, Refused, error_body, json_response
from dcsync.loopback import is_loopback

OPERATIONS = (
    "add_organization",
    "add_project",
    "add_device",
    "add_connector",
    "add_deliveries",
    "publish",
    "connectors",
    "set_rate",
    "go_offline",
    "fail_endpoint",
    "set_status",
    "close_streams",
    "revoke_tokens",
    "rotate_signing_key",
    "wait_for_deliveries",
    "wait_for_streams",
    "wait_for_life",
    "wait_for_backfill",
)
"""Methods of the cloud that `POST /control/<name>` calls with the body as arguments."""


def handle(cloud: Cloud, request: HttpRequest) -> HttpResponse:
    """Respond to a control call; errors are a 400."""
    if not _is_local(request):
        return _error(403, "control calls come from this machine, not from web pages")
    name, _, key = request.path.removeprefix("/control/").partition("/")
    try:
        return json_response(_act(cloud, request, name, key))
    except Refused as refused:
        return _error(refused.status, refused.message)
    except (TypeError, ValueError) as error:
        return _error(400, str(error))


def _act(cloud: Cloud, request: HttpRequest, name: str, key: str) -> Json:
    body = request.json()
    match request.method, name:
        case "GET", _:
            return _shown(cloud, name, request)
        case "DELETE", "calls":
            cloud.calls.clear()
        case "DELETE", "faults":
            cloud.heal(int(key) if key else None)
        case "POST", "faults":
            return {"fault_id": cloud.fail(**body)}
        case "PATCH", "switches":
            cloud.switch(**body)
            return _shown(cloud, name, request)
        case "POST", "add_service_account":
            return {"result": asdict(cloud.add_service_account(**body))}
        case "POST", "add_endpoint":
            endpoint = getattr(cloud, name)(**body)
            return {"result": {"url": endpoint.url, "ca_file": endpoint.ca_file}}
        case "POST", _ if name in OPERATIONS:
            return {"result": getattr(cloud, name)(**body)}
        case _:
            raise Refused(404, "no such control call")
    return {}


def _shown(cloud: Cloud, name: str, request: HttpRequest) -> Json:
    match name:
        case "calls":
            return {"calls": [asdict(call) for call in _matching(cloud, request)]}
        case "faults":
            return {"faults": [asdict(fault) for fault in cloud.faults()]}
        case "switches":
            return asdict(cloud.switches)
        case "deliveries":
            return {"deliveries": [asdict(attempt) for attempt in cloud.delivery_attempts]}
        case _:
            raise Refused(404, "no such control call")


def _matching(cloud: Cloud, request: HttpRequest) -> list[ApiCall]:
    """The logged calls that match the query."""
    status = request.first("status")
    return cloud.calls.matching(
        request.first("method") or "*",
        request.first("path") or "*",
        int(status) if status else None,
    )


def _is_local(request: HttpRequest) -> bool:
    """Whether the caller is a local program, and not a web page in a browser."""
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if ":" in host else host
    return is_loopback(name.removeprefix("[").removesuffix("]")) and "origin" not in request.headers


def _error(status: int, message: str) -> HttpResponse:
    return json_response(error_body(status, message), status)
