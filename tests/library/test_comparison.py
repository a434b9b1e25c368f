"""Every public name, parameter, default and base of the official SDK is compared with dcsync's."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import disruptive
import disruptive.authentication
import disruptive.resources.device
import pytest

import dcsync
from dcsync.library import data_connector, device
from tests.cloud.samples import PROJECT, resource
from tests.library.differences import BEHAVIOUR, SURFACE
from tests.library.surface import findings
from tests.library.test_events import DATA, TIME

FAILED = {
    "device": f"projects/{PROJECT}/devices/b5rj9ed7rihk942p48og",
    "status": {"code": "NOT_FOUND", "message": "not found"},
}
DEVICE = {
    "name": f"projects/{PROJECT}/devices/emub5rj9ed7rihk942p48og",
    "type": "temperature",
    "productNumber": "102058",
    "labels": {"name": "Fridge", "room": "99"},
}
PROJECT_JSON = {
    "name": f"projects/{PROJECT}",
    "displayName": "Plant A",
    "organization": "organizations/c14u9p094l47cdv1o3pg",
    "organizationDisplayName": "Acme",
    "sensorCount": 7,
    "cloudConnectorCount": 1,
    "inventory": True,
}
METRICS = {"metrics": {"successCount": 9, "errorCount": 1, "latency99p": "0.411s"}}


def _event(event_type: str) -> dict[str, Any]:
    content = {**DATA[event_type][0], "updateTime": TIME}
    return {
        "eventId": "c18tihhh9sn7fi2hur50",
        "targetName": DEVICE["name"],
        "eventType": event_type,
        "data": content if event_type == "labelsChanged" else {event_type: content},
        "timestamp": TIME,
    }


REPORTED = {name: _event(name)["data"][name] for name in DATA if name != "labelsChanged"}


OBJECTS: dict[str, Any] = {
    "DataConnector": lambda dt: dt.DataConnector(resource()),
    "HttpPushConfig": lambda dt: dt.DataConnector.HttpPushConfig("https://example.com", "s", {}),
    "HttpPushConfig, empty": lambda dt: dt.DataConnector.HttpPushConfig(),
    "Device": lambda dt: dt.Device({**DEVICE, "reported": REPORTED}),
    "Device, bare": lambda dt: dt.Device(DEVICE),
    "Project": lambda dt: dt.Project(PROJECT_JSON),
    "OutputBase": lambda dt: dt.outputs.OutputBase({"a": 1}),
    "TransferDeviceError": lambda dt: dt.errors.TransferDeviceError(FAILED),
    "LabelUpdateError": lambda dt: dt.errors.LabelUpdateError(FAILED),
    "BatchError": lambda dt: dt.errors.BatchError(FAILED),
    "account": lambda dt: dt.Auth.service_account("key", "secret", "e@example.com"),
    "account of a file": lambda dt: dt.authentication.ServiceAccountAuth.from_credentials_file(
        {
            "serviceAccount": {
                "keyId": "k",
                "secret": "s",
                "email": "e",
                "algorithm": "HS256",
                "tokenEndpoint": "https://example.com/token",
            }
        }
    ),
    **{f"event {name}": lambda dt, name=name: dt.events.Event(_event(name)) for name in DATA},
}


def test_every_difference_of_the_surface_is_listed() -> None:
    """What introspection finds is what `SURFACE` lists, no more and no less."""
    found = [name for name, _ in findings()]
    listed = [name for each in SURFACE for name in each.names]

    assert sorted(set(found)) == sorted(listed)


def test_the_error_trees_are_the_same() -> None:
    """Class by class: every relation of the SDK's errors holds for dcsync's of these names."""
    names = [
        name
        for name, kind in vars(disruptive.errors).items()
        if getattr(kind, "__module__", "") == "disruptive.errors" and inspect.isclass(kind)
        if hasattr(dcsync.errors, name)
    ]
    theirs, ours = (
        {
            (name, base)
            for name in names
            for base in names
            if issubclass(getattr(errors, name), getattr(errors, base))
        }
        for errors in (disruptive.errors, dcsync.errors)
    )

    assert len(names) == 18
    assert theirs == ours


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_have_the_same_attributes(name: str) -> None:
    """Every attribute of the SDK's object is there with the same value, `raw` and `_raw` too."""
    theirs, ours = OBJECTS[name](disruptive), OBJECTS[name](dcsync)

    assert _read(theirs, theirs) == _read(theirs, ours)


def test_metrics_have_the_same_attributes() -> None:
    """A Metric says what the SDK's says."""
    theirs = disruptive.resources.data_connector.Metric(METRICS)

    assert _read(theirs, theirs) == _read(theirs, data_connector.Metric(METRICS))


def test_reported_has_the_same_attributes() -> None:
    """What a device reported is read the same way for each event type."""
    theirs = disruptive.resources.device.Reported(REPORTED)

    assert _read(theirs, theirs) == _read(theirs, device.Reported(REPORTED))
    assert len(_read(theirs, theirs)) == len(REPORTED) + 2


@pytest.mark.parametrize("key", BEHAVIOUR)
def test_every_listed_behaviour_is_tested(key: str) -> None:
    """Each entry of `BEHAVIOUR` is what some test of both libraries names."""
    tests = [path.read_text("utf-8") for path in Path(__file__).parent.glob("test_both_*.py")]

    assert any(re.search(rf'differs\(\s*dt,\s*"{re.escape(key)}"', test) for test in tests)


def _read(shape: Any, thing: Any) -> Any:
    """The values of `shape`'s public attributes in `thing`, and those inside of them."""
    if isinstance(shape, list):
        assert len(shape) == len(thing)
        return [_read(*both) for both in zip(shape, thing, strict=True)]
    module = type(shape).__module__
    if not module.startswith("disruptive."):
        return thing
    names = {name for name in vars(shape) if not name.startswith("_")}
    if hasattr(shape, "raw"):
        names.add("_raw")
    if type(shape).__name__ == "HumiditySample":  # its keys are the SDK's own: "event keys"
        names -= {"raw", "_raw"}
    names |= {name for name in dir(type(shape)) if isinstance(_static(shape, name), property)}
    return {name: _read(getattr(shape, name), getattr(thing, name)) for name in sorted(names)}


def _static(thing: Any, name: str) -> Any:
    return inspect.getattr_static(type(thing), name)
