"""Devices out of range: they keep measuring, and send the stored events once in range again.

Newest first, marked `isBackfilled`, mixed with current events (docs/api.md section 13).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

from dcsync.dataclass import dataclass, field
from dcsync.emulator.clock import parse_timestamp, timestamp
from dcsync.emulator.state import Publish, State
from dcsync.emulator.telemetry.event_types import BACKFILLED
from dcsync.emulator.telemetry.life import measurement
from dcsync.emulator.wire import Json, Refused

_MOST_STORED = 100_000


@dataclass(slots=True)
class Outage:
    """A device's time out of range, until all stored events are sent."""

    project_id: str
    device_id: str
    began_s: float
    ends_s: float
    stored: list[tuple[float, str, Json]] = field(default_factory=list)
    """Moment, event type and payload, oldest first once it is over."""
    heartbeats: int = 0
    """Sent since it has been back in range."""
    is_back: bool = False
    next_heartbeat_s: float = 0.0
    next_stored_s: float = 0.0

    @property
    def due_s(self) -> float:
        """The time of its next event."""
        if not self.is_back:
            return self.ends_s
        return min(self.next_heartbeat_s, self.next_stored_s)


class Reach:
    """The devices out of range. `run` needs its own thread."""

    def __init__(self, state: State, publish: Publish) -> None:
        self._state = state
        self._send = publish
        self._changed = threading.Condition()
        self._outages: dict[str, Outage] = {}
        self._stopped = False

    def lose(self, project_id: str, device_id: str | None, minutes: float) -> list[str]:
        """Put these devices out of range for `minutes`; returns their ids."""
        if not 0 < minutes <= 31 * 24 * 60:
            raise ValueError("minutes must be more than 0, and at most 31 days")
        state = self._state
        with state.lock:
            devices = state.store.devices.of(project_id)
            if device_id is not None and device_id not in devices:
                raise Refused(404, "no such device")
            now = state.clock.now()
            chosen = list(devices) if device_id is None else [device_id]
            for each in chosen:
                before = self._outages.get(each)
                kept = before.stored if before else []
                outage = Outage(project_id, each, now, now + 60 * minutes, kept)
                self._outages[each] = outage
        with self._changed:
            self._changed.notify_all()
        return chosen

    def is_lost(self, device_id: str) -> bool:
        """Whether the device is out of reach, or still has stored events to send."""
        return device_id in self._outages

    def holds(self, device_id: str, event_type: str, data: Json) -> bool:
        """Whether the device is out of reach; then it stores what it measures."""
        outage = self._outages.get(device_id)
        if outage is None or outage.is_back:
            return False
        if event_type in BACKFILLED:
            outage.stored.append((parse_timestamp(data["updateTime"]), event_type, data))
        return True

    def run(self) -> None:
        while True:
            with self._changed:
                while not self._is_due() and not self._stopped:
                    due = [outage.due_s for outage in list(self._outages.values())]
                    self._state.clock.wait(self._changed, min(due, default=None))
                if self._stopped:
                    return
            self._step()
            with self._changed:
                self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> bool:
        """Wait, in real time, until all due events were sent."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_due(), timeout_s)

    def _is_due(self) -> bool:
        now = self._state.clock.now()
        return any(outage.due_s <= now for outage in list(self._outages.values()))

    def _step(self) -> None:
        """Send all due events, device by device, in order of time."""
        with self._state.lock:
            now = self._state.clock.now()
            for outage in list(self._outages.values()):
                while outage.due_s <= now and outage.device_id in self._outages:
                    self._next(outage)

    def _next(self, outage: Outage) -> None:
        if not outage.is_back:
            self._come_back(outage)
        elif outage.next_heartbeat_s <= outage.next_stored_s:
            self._beat(outage)
        else:
            self._send_stored(outage)

    def _come_back(self, outage: Outage) -> None:
        """Store what it measured meanwhile, too."""
        device = self._state.store.devices.get(outage.device_id, outage.project_id)
        own = list(self._own(outage, device)) if device else []
        outage.stored = sorted([*outage.stored, *own], key=lambda each: each[0])[-_MOST_STORED:]
        outage.is_back = True
        outage.next_heartbeat_s = outage.ends_s
        first = self._state.switches.backfill_after - 1
        outage.next_stored_s = outage.ends_s + first * self._state.switches.heartbeat_s
        if device is None or not outage.stored:
            del self._outages[outage.device_id]

    def _own(self, outage: Outage, device: Json) -> Iterator[tuple[float, str, Json]]:
        """One measurement per heartbeat while it was out of reach."""
        heartbeat_s = self._state.switches.heartbeat_s
        count = int((outage.ends_s - outage.began_s) / heartbeat_s)
        for number in range(1, min(count, _MOST_STORED) + 1):
            moment = outage.began_s + number * heartbeat_s
            for event_type, data in measurement(device["type"], self._state.random):
                if event_type in BACKFILLED and moment < outage.ends_s:
                    yield moment, event_type, {**data, "updateTime": timestamp(moment)}

    def _beat(self, outage: Outage) -> None:
        device = self._state.store.devices.get(outage.device_id, outage.project_id)
        for event_type, data in measurement(device["type"], self._state.random) if device else ():
            self._publish(outage, outage.next_heartbeat_s, event_type, data)
        outage.heartbeats += 1
        outage.next_heartbeat_s += self._state.switches.heartbeat_s

    def _send_stored(self, outage: Outage) -> None:
        moment, event_type, data = outage.stored.pop()
        self._publish(outage, moment, event_type, {**data, "isBackfilled": True})
        outage.next_stored_s += self._state.switches.backfill_pause_s
        if not outage.stored:
            del self._outages[outage.device_id]

    def _publish(self, outage: Outage, moment: float, event_type: str, data: Json) -> None:
        data = {**data, "updateTime": timestamp(moment)}
        if self._state.store.devices.get(outage.device_id, outage.project_id) is not None:
            self._send(outage.project_id, outage.device_id, event_type, data)
