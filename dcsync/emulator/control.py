"""The emulator's own calls under `/control/`: faults, the call log, switches, scripting.

Not part of the DT API, without authentication, never hit by faults and never logged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dcsync.emulator.connector_resource import is_loopback
from dcsync.emulator.wire import Json, Refused, Request, Response, answer, error_body

if TYPE_CHECKING:
    from dcsync.emulator.cloud import Cloud

OPERATIONS = (
    "add_organization",
    "add_project",
    "add_device",
    "add_connector",
    "publish",
    "connectors",
    "set_rate",
    "close_streams",
    "revoke_tokens",
    "rotate_signing_key",
    "wait_for_deliveries",
    "wait_for_streams",
    "wait_for_life",
)
"""Methods of the cloud that `POST /control/<name>` calls with the body as arguments."""


def handle(cloud: Cloud, request: Request) -> Response:
    """Answer one control call; what is wrong with it is a 400."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    if not is_loopback(host.strip("[]")) or "origin" in request.headers:
        return _error(403, "control calls come from this machine, not from web pages")
    name, _, key = request.path.removeprefix("/control/").partition("/")
    try:
        act = _ACTIONS.get((request.method, name))
        if act is not None:
            return answer(act(cloud, request.json(), key))
        if request.method == "POST" and name in OPERATIONS:
            return answer({"result": getattr(cloud, name)(**request.json())})
    except Refused as refused:
        return _error(refused.status, refused.message)
    except (TypeError, ValueError) as error:
        return _error(400, str(error))
    return _error(404, "no such control call")


def _error(status: int, message: str) -> Response:
    return answer(error_body(status, message), status)


def _list_calls(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    return {"calls": [asdict(call) for call in cloud.calls]}


def _clear_calls(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    cloud.calls.clear()
    return {}


def _list_faults(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    return {"faults": [asdict(fault) for fault in cloud.faults()]}


def _add_fault(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    return {"fault_id": cloud.fail(**body)}


def _remove_faults(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    cloud.heal(int(key) if key else None)
    return {}


def _show_switches(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    return asdict(cloud.switches)


def _change_switches(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    cloud.switch(**body)
    return asdict(cloud.switches)


def _list_deliveries(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    return {"deliveries": [asdict(attempt) for attempt in cloud.delivery_attempts]}


def _add_service_account(cloud: Cloud, body: Json, key: str) -> Json:  # noqa: ARG001 - an _Action
    """The one answer that carries a secret: it is shown when it is made, as in the real cloud."""
    account = cloud.add_service_account(**body)
    return {"result": asdict(account)}


_Action = Callable[["Cloud", Json, str], Any]

_ACTIONS: Mapping[tuple[str, str], _Action] = {
    ("GET", "calls"): _list_calls,
    ("DELETE", "calls"): _clear_calls,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _remove_faults,
    ("GET", "switches"): _show_switches,
    ("PATCH", "switches"): _change_switches,
    ("GET", "deliveries"): _list_deliveries,
    ("POST", "add_service_account"): _add_service_account,
}
