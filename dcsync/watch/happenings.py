"""What a watch reports: events, and the state of its connections. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from dcsync.cloud.arrival import Arrival
from dcsync.dataclass import dataclass
from dcsync.errors import CloudError
from dcsync.watch.devices import WatchedDevice


class MatchedEvent(Struct, frozen=True, gc=False):
    """An event, its device, and the addresses of the connectors that take it.

    Not a dataclass, because there may be thousands per second.
    """

    project_id: str
    arrival: Arrival
    device: WatchedDevice
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The stream is open. `gap_s` is how long it was not, 0 the first time."""

    project_id: str
    gap_s: float
    filled: int
    """Events that were found in the history."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection is lost; it is reconnected after `wait_s`."""

    project_id: str
    reason: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Events of this time may be missing permanently."""

    project_id: str
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """This project cannot be watched."""

    project_id: str
    error: CloudError


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything before this is known: a resumed watch may continue here.

    `state` is the input of `Kept.of`; None if only time has passed since the last one.
    """

    project_id: str
    heard_s: float
    alive_s: float
    state: Mapping[str, Any] | None = None


News = Joined | Lost | Gap | Failed
Happening = MatchedEvent | Checkpoint | News
