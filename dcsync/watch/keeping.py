"""What was shown of one project, stored beyond the process so that the next one can continue.

Pure. The caller stores it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from dcsync.cloud.arrival import Arrival
from dcsync.dataclass import dataclass
from dcsync.watch.devices import device_id_of, id_of
from dcsync.watch.late import is_late
from dcsync.watch.moments import seconds_of
from dcsync.watch.progress import SeenEvents

RELABELLED = ""
"""The print of labels that are not those of the last checkpoint any more."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a watch of one project starts: now, at a time, or where another watch ended."""

    since_s: float | None = None
    kept: Kept | None = None
    keeps: bool = False
    """Whether checkpoints are wanted."""

    @property
    def is_past(self) -> bool:
        return self.since_s is not None or self.kept is not None


NOW = Start()


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """An event that was shown."""

    device_id: str
    event_type: str
    event_id: str
    at_s: float
    shown_s: float
    """By our clock."""
    is_late: bool
    """Whether it was back-filled."""

    @classmethod
    def of(cls, arrival: Arrival, now_s: float) -> Self:
        at_s = seconds_of(arrival.timestamp)
        return cls(
            device_id_of(arrival.target_name),
            arrival.event_type,
            arrival.event_id or id_of(arrival.event),
            now_s if at_s is None else at_s,
            now_s,
            is_late(arrival.text),
        )


@dataclass(slots=True)
class Kept:
    """The stored state of one project."""

    progress: SeenEvents
    labels: dict[str, str]
    """A print of each device's labels, by its id."""
    heard_s: float
    """The last moment up to which nothing is missing, by our clock."""

    @classmethod
    def fresh(cls, began_s: float, watched_s: float | None) -> Self:
        """Nothing was shown yet."""
        return cls(SeenEvents(began_s, watched_s), {}, began_s if watched_s is None else watched_s)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """KeyError, TypeError or ValueError for invalid states."""
        progress = SeenEvents.of(state)
        return cls(progress, dict(state["labels"]), float(state["heard"]))

    def state(self) -> dict[str, Any]:
        """As JSON."""
        return {**self.progress.state(), "labels": dict(self.labels), "heard": self.heard_s}

    def show(self, entry: ShownEvent) -> None:
        """Record a shown event."""
        self.progress.repeat(
            entry.device_id,
            entry.event_type,
            entry.event_id,
            entry.at_s,
            entry.shown_s,
            is_late=entry.is_late,
        )
        if entry.event_type == "labelsChanged":
            self.labels[entry.device_id] = RELABELLED

    def hear(self, heard_s: float, alive_s: float) -> None:
        """Record that nothing is missing up to this time."""
        self.heard_s = heard_s
        self.progress.tick(heard_s)
        self.progress.hear(alive_s)
