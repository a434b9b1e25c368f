"""Devices: listing, labels and transfers in the main API, and the emulator host's calls."""

from __future__ import annotations

from collections.abc import Iterable

from dcsync.emulator.api.call import Call
from dcsync.emulator.api.paging import arrange, page
from dcsync.emulator.device_filter import DeviceFilter
from dcsync.emulator.telemetry.event_types import DEVICE_TYPES
from dcsync.emulator.wire import Json, Refused

_ANY_PROJECT = "-"


def get(call: Call) -> Json:
    return call.cloud.device_shown(_live(call))


def list_(call: Call) -> Json:
    return _listing(call, _candidates(call))


def list_emulated(call: Call) -> Json:
    return _listing(call, (d for d in _candidates(call) if is_emulated(d)))


def create(call: Call) -> Json:
    body = call.request.json()
    labels = body.get("labels") or {}
    if str(body.get("type")) not in DEVICE_TYPES:
        raise Refused(400, f"type must be one of {', '.join(DEVICE_TYPES)}")
    if not _are_strings(labels):
        raise Refused(400, "labels must be an object of strings")
    labels = {**labels, "virtual-sensor": ""}
    device_id = call.cloud.add_device(call.project_id, body["type"], labels, emulated=True)
    return call.cloud.device_shown(call.cloud.device(device_id))


def replace(call: Call) -> Json:
    """PUT of an emulated device; only its labels can change."""
    before, body = _emulated(call), call.request.json()
    if body.get("type", before["type"]) != before["type"]:
        raise Refused(400, "the type of a device cannot be changed")
    labels = body.get("labels") or {}
    if not _are_strings(labels):
        raise Refused(400, "labels must be an object of strings")
    call.cloud.set_labels(before, {**labels, "virtual-sensor": ""})
    return call.cloud.device_shown(call.cloud.device(call.resource_id))


def delete(call: Call) -> Json:
    _emulated(call)
    store = call.cloud.store
    store.devices.remove(call.resource_id, call.project_id)
    store.latest.drop(call.resource_id)
    store.events.drop(call.resource_id)
    return {}


def publish(call: Call) -> Json:
    _emulated(call)
    body = call.request.json()
    if len(body) != 1:
        raise Refused(400, "exactly one event type must be given")
    event_type, data = next(iter(body.items()))
    if not isinstance(data, dict):
        raise Refused(400, f"{event_type} must be an object")
    call.cloud.publish(call.project_id, call.resource_id, event_type, data)
    return {}


def batch_update(call: Call) -> Json:
    """Set and remove labels of devices; errors are reported per device."""
    body = call.request.json()
    added, removed = body.get("addLabels") or {}, body.get("removeLabels") or []
    if not added and not removed:
        raise Refused(400, "addLabels or removeLabels is required")
    if not _are_strings(added) or not isinstance(removed, list):
        raise Refused(400, "addLabels must be an object of strings, removeLabels a list")
    errors = []
    for name in _names(body):
        device = call.cloud.store.devices.get(name.rpartition("/")[2], call.project_id)
        if device is None:
            errors.append(_problem(name, "NOT_FOUND", "no such device"))
            continue
        labels = {**device["labels"], **added}
        labels = {key: value for key, value in labels.items() if key not in removed}
        most = call.cloud.switches.max_labels
        if most is not None and len(labels) > most:
            errors.append(_problem(name, "INVALID_ARGUMENT", f"a device has at most {most} labels"))
            continue
        call.cloud.set_labels(device, labels)
    return {"batchErrors": errors}


def transfer(call: Call) -> Json:
    """Move devices of other projects into this one."""
    moved, errors = [], []
    for name in _names(call.request.json()):
        source, device_id = (name.split("/") + [""] * 4)[1:4:2]
        device = call.cloud.store.devices.get(device_id, source)
        if device is None or not call.account.may("device.transfer", source):
            errors.append(_problem(name, "NOT_FOUND", "no such device"))
            continue
        target = f"projects/{call.project_id}/devices/{device_id}"
        call.cloud.store.devices.remove(device_id, source)
        call.cloud.store.devices.put(device_id, {**device, "name": target}, call.project_id)
        moved.append(target)
    return {"transferredDevices": moved, "transferErrors": errors}


def is_emulated(device: Json) -> bool:
    return str(device["name"].rpartition("/")[2]).startswith("emu")


def _names(body: Json) -> list[str]:
    names = body.get("devices") or []
    if not isinstance(names, list):
        raise Refused(400, "devices must be a list of names")
    return [str(name) for name in names]


def _problem(device: str, code: str, message: str) -> Json:
    return {"device": device, "status": {"code": code, "message": message}}


def _are_strings(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def _live(call: Call) -> Json:
    project_id = call.project_id
    if project_id == _ANY_PROJECT:
        project_id = call.cloud.store.devices.parent_of(call.resource_id) or ""
        if not call.account.may("device.read", project_id):
            raise Refused(404, "no such device")
    device = call.cloud.store.devices.get(call.resource_id, project_id)
    if device is None:
        raise Refused(404, "no such device")
    return device


def _emulated(call: Call) -> Json:
    device = _live(call)
    if not is_emulated(device):
        raise Refused(404, "no such emulated device")
    return device


def _candidates(call: Call) -> Iterable[Json]:
    store = call.cloud.store
    if call.project_id != _ANY_PROJECT:
        return store.devices.of(call.project_id).values()
    organization = call.request.first("organization")
    wanted = call.request.query.get("projects", [])
    return (
        device
        for project_id, project in store.projects.of().items()
        if organization in {"", project["organization"]}
        and (not wanted or project["name"] in wanted)
        and call.account.may("device.read", project_id)
        for device in store.devices.of(project_id).values()
    )


def _listing(call: Call, devices: Iterable[Json]) -> Json:
    cloud, request = call.cloud, call.request
    wanted = DeviceFilter.of(request, cloud.switches.list_label_filters)
    found = arrange([device for device in devices if wanted.accepts(device)], cloud.switches)
    order = request.first("order_by")
    if order:
        path = order.removeprefix("-").split(".")
        found.sort(key=lambda d: _rank(cloud.device_shown(d), path), reverse=order[0] == "-")
    listed = page(call, "devices", found, identify=lambda d: d["name"])
    listed["devices"] = [cloud.device_shown(device) for device in listed["devices"]]
    return listed


def _rank(device: Json, path: list[str]) -> tuple[int, float, str]:
    """The sort key of a dot path in `order_by`: missing values, then numbers, then strings."""
    value: object = device
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, int | float):
        return (1, value, "")
    return (0, 0, "") if value is None else (2, 0, str(value))
