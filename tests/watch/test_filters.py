"""Which connectors take an event, and what the server is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dcsync.model import Connector, Declared, Position, WatchFilter
from dcsync.watch.devices import WatchedDevice
from dcsync.watch.filters import EventFilter, Interest, ServerFilter, interest_of, server_filter

FRIDGE = WatchedDevice("c14u9p094l47cdv1o3pg", "temperature", {"name": "Fridge", "room": "99"})


def declared(event_types: Sequence[str] = (), labels: Sequence[str] = (), **watch: Any) -> Declared:
    connector = Connector(
        "c0md3pm0p7bet3vico8g",
        "",
        "Ingest",
        "HTTP_PUSH",
        "",
        tuple(event_types),
        tuple(labels),
        None,
    )
    return Declared("oslo/ingest", connector, Position("x.yaml", 1, 1), watch=WatchFilter(**watch))


DEVICES: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], bool]] = {
    # what is declared, what is wished, whether the fridge is taken
    "no labels: every device": ({}, {}, True),
    "one of the keys is there": ({"labels": ["floor", "room"]}, {}, True),
    "none of the keys is there": ({"labels": ["floor"]}, {}, False),
    "none is there, but all devices are wanted": (
        {"labels": ["floor"]},
        {"all_devices": True},
        True,
    ),
    "watch: the value fits": ({"label_filters": {"room": "99"}}, {}, True),
    "watch: another value": ({"label_filters": {"room": "98"}}, {}, False),
    "watch: any value": ({"label_filters": {"room": None}}, {}, True),
    "watch: not this key": ({"label_filters": {"floor": None}}, {}, False),
    "watch: only one of two keys": ({"label_filters": {"room": "99", "floor": None}}, {}, False),
    "watch still holds for all devices": (
        {"label_filters": {"room": "98"}},
        {"all_devices": True},
        False,
    ),
    "option: the key is there": ({}, {"labels": [("room", None)]}, True),
    "option: not the value": ({}, {"labels": [("room", "98")]}, False),
    "option: one of two values of a key": ({}, {"labels": [("room", "98"), ("room", "99")]}, True),
    "option: only one of two keys": ({}, {"labels": [("room", "99"), ("floor", None)]}, False),
    "option narrows the watch block": (
        {"label_filters": {"room": "99"}},
        {"labels": [("name", "Freezer")]},
        False,
    ),
    "an empty value is a value": ({}, {"labels": [("room", "")]}, False),
    "device type fits": ({"device_types": ["temperature"]}, {}, True),
    "device type does not fit": ({"device_types": ["touch"]}, {}, False),
    "device type: both must fit": (
        {"device_types": ["temperature", "touch"]},
        {"device_types": frozenset({"touch"})},
        False,
    ),
    "device id fits": ({"device_ids": [FRIDGE.device_id]}, {}, True),
    "device id does not fit": ({}, {"device_ids": frozenset({"c16pegipidie7lltrefg"})}, False),
}


@pytest.mark.parametrize("name", DEVICES)
def test_devices_are_chosen_by_labels_types_and_ids(name: str) -> None:
    """Declared keys are alternatives; the `watch:` block and the options each narrow further."""
    declaration, event_filter, taken = DEVICES[name]

    assert (
        interest_of(declared(**declaration), EventFilter(**event_filter)).takes_device(FRIDGE)
        is taken
    )


@pytest.mark.parametrize(
    ("declared_types", "wished", "taken"),
    [
        ([], (), {"touch", "temperature", "newThing"}),
        (["touch"], (), {"touch"}),
        ([], ("temperature",), {"temperature"}),
        (["touch", "temperature"], ("temperature", "co2"), {"temperature"}),
        (["touch"], ("co2",), set()),
    ],
)
def test_event_types_are_those_that_both_allow(
    declared_types: list[str], wished: tuple[str, ...], taken: set[str]
) -> None:
    """An empty list takes every type, also one that nobody knows yet."""
    interest = interest_of(declared(declared_types), EventFilter(event_types=frozenset(wished)))

    every = ("touch", "temperature", "newThing", "co2")
    assert {each for each in every if interest.takes_type(each)} - {"co2"} == taken
    assert interest.is_empty is (not taken)


def test_the_server_is_never_asked_to_filter_by_label() -> None:
    """Nobody knows whether it joins label filters by AND or OR."""
    interest = interest_of(declared(labels=["room"], label_filters={"room": "99"}), EventFilter())

    assert server_filter([interest]) == ServerFilter((), (), ())


def both(*interests: Interest) -> ServerFilter:
    return server_filter(interests)


def test_the_server_is_asked_for_what_any_connector_takes() -> None:
    """Types are joined over the connectors, `labelsChanged` added to follow labels."""
    touch = interest_of(declared(["touch"], device_types=["touch"]), EventFilter())
    warm = interest_of(declared(["temperature"], device_types=["temperature"]), EventFilter())
    everything = interest_of(declared(), EventFilter())

    assert both(touch, warm) == ServerFilter(
        ("temperature", "touch", "labelsChanged"), ("temperature", "touch"), ()
    )
    assert both(touch, everything) == ServerFilter((), (), ())
