"""What a device is, from what the API says of it."""

from __future__ import annotations

from typing import Any

import pytest

from dcsync.watch.devices import WatchedDevice, device_of

NAME = "projects/p1/devices/d1"


@pytest.mark.parametrize(
    ("resource", "device", "name"),
    [
        ({"name": NAME}, WatchedDevice("d1"), "d1"),
        (
            {"name": NAME, "type": "touch", "productNumber": "102058", "labels": {"name": "Door"}},
            WatchedDevice("d1", "touch", {"name": "Door"}, "102058"),
            "Door",
        ),
        ({"name": NAME, "labels": {"name": ""}}, WatchedDevice("d1", labels={"name": ""}), "d1"),
        (
            {"name": NAME, "labels": {"a": 7, "b": None, "c": {}, "d": []}},
            WatchedDevice("d1", labels={"a": "7", "b": "None"}),
            "d1",
        ),
        ({"name": NAME, "type": 7, "productNumber": 7, "labels": "x"}, WatchedDevice("d1"), "d1"),
        ({"name": "projects/p1/gateways/d1"}, WatchedDevice(""), ""),
        ({"name": "d1"}, WatchedDevice(""), ""),
        ({"name": None}, WatchedDevice(""), ""),
        ({}, WatchedDevice(""), ""),
    ],
)
def test_a_device_is_what_is_a_string_of_it(
    resource: dict[str, Any], device: WatchedDevice, name: str
) -> None:
    """It is called as its label says, or by its id."""
    found = device_of(resource)

    assert (found, found.name) == (device, name)
