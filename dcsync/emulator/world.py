"""The cloud's behaviour: events, deliveries, devices out of reach.

No HTTP: both the API's calls and the scripts of tests use this.
"""

from __future__ import annotations

from typing import Any

from dcsync.emulator.clock import CloudClock, parse_timestamp
from dcsync.emulator.contents import Contents
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.pushing.deliveries import Deliveries
from dcsync.emulator.pushing.outcomes import Attempt
from dcsync.emulator.store import Store
from dcsync.emulator.streams import Streams
from dcsync.emulator.switches import Switches
from dcsync.emulator.telemetry import events
from dcsync.emulator.telemetry.event_types import EVENTS_OF
from dcsync.emulator.telemetry.past import GeneratedHistory
from dcsync.emulator.telemetry.reach import Reach
from dcsync.emulator.wire import Json, Refused


class World(Contents):
    """A cloud with its behaviour. Every public method is thread-safe."""

    def __init__(
        self, switches: Switches, clock: CloudClock, store: Store, seed: int | None
    ) -> None:
        super().__init__(switches, clock, store, seed)
        self.streams = Streams()
        self._fresh: dict[str, float] = {}
        self._began_s = clock.now()
        self.deliveries = Deliveries(self)
        self.reach = Reach(self, self.publish)

    @property
    def past(self) -> GeneratedHistory:
        """The events that the devices sent before this cloud started."""
        return GeneratedHistory(self._began_s, self.switches.past_s, self.switches.heartbeat_s)

    def switch(self, **changes: Any) -> None:
        """Change switches while the cloud runs; ValueError for an unknown one."""
        with self.lock:
            self.switches = self.switches.changed(changes)

    @property
    def delivery_attempts(self) -> list[Attempt]:
        """Every push so far, oldest first."""
        with self.lock:
            return list(self.deliveries.outcomes.attempts)

    def note_created(self, name: str) -> None:
        """Record when a connector was created, if it becomes visible later."""
        if self.switches.propagation_s:
            self._fresh[name] = self.clock.now()

    def is_propagated(self, name: str) -> bool:
        """Whether reads return a connector already (docs/api.md section 3.2, 404)."""
        made = self._fresh.get(name)
        return made is None or self.clock.now() >= made + self.switches.propagation_s

    def device_shown(self, device: Json) -> Json:
        """The device with the latest payload of each type that it reports."""
        latest = self.store.latest.of(device["name"].rpartition("/")[2])
        if self.switches.past_s:
            latest = {**self.past.newest(device), **latest}
        if not latest and self.switches.new_device_reported == "missing":
            return device
        reported: Json = dict.fromkeys(EVENTS_OF[device["type"]])
        for event_type, event in latest.items():
            if event_type != "labelsChanged":
                reported[event_type] = event["data"][event_type]
        return {**device, "reported": reported}

    def publish(
        self, project_id: str, device_id: str, event_type: str, data: Json | None = None
    ) -> Json:
        """Send an event of a device, and return it; Refused if the event is invalid."""
        with self.lock:
            device = self.store.devices.get(device_id, project_id)
            if device is None:
                raise Refused(404, "no such device")
            events.check_fits(device, event_type)
            data = dict(data or {})
            if self.switches.publish_time == "now":
                data.pop("updateTime", None)
            event = events.of_device(device, event_type, data, self.clock.now())
            if self.reach.holds(device_id, event_type, event["data"][event_type]):
                return event
            if self.switches.event_id_time == "event":
                event["eventId"] = new_id(parse_timestamp(event["timestamp"]))
            self._spread(event, device)
            self.store.commit()
            return event

    def go_offline(
        self, project_id: str, minutes: float, device_id: str | None = None
    ) -> list[str]:
        """Put one or all devices of a project out of reach for `minutes`; returns their ids.

        Afterwards they send what they measured meanwhile, newest first, as back-filled.
        """
        with self.lock:
            self.project(project_id)
            return self.reach.lose(project_id, device_id, minutes)

    def fail_endpoint(
        self,
        url: str = "*",
        *,
        count: int | None = None,
        minutes: float | None = None,
        status: int = 503,
    ) -> None:
        """Make the next `count` deliveries to an endpoint fail, or all for `minutes`.

        Then it recovers. `url` is a glob. Nothing is called; status 0 means no response.
        """
        self.endpoint_outages.add(url, count=count, minutes=minutes, status=status)

    def add_deliveries(
        self, connector_id: str, *, ok: int = 0, failed: int = 0, latency_s: float = 0.1
    ) -> None:
        """Add deliveries to a connector's metrics, as of now, without making any."""
        with self.lock:
            if self.store.connectors.parent_of(connector_id) is None:
                raise Refused(404, "no such connector")
            outcomes = self.deliveries.outcomes
            outcomes.add(connector_id, ok=ok, failed=failed, latency_s=latency_s)
            self.store.commit()

    def set_labels(self, device: Json, labels: Json) -> None:
        """Change a device's labels, and send the labelsChanged event."""
        if labels == device["labels"]:
            return
        with self.lock:
            event = events.labels_changed(device, device["labels"], labels, self.clock.now())
            after = {**device, "labels": labels}
            _, project_id, _, device_id = device["name"].split("/")
            self.store.devices.put(device_id, after, project_id)
            self._spread(event, after)

    def resend_latest(self, project_id: str, connector: Json) -> None:
        """Queue the latest event of each type of every device again (`:sync`)."""
        for device_id, device in self.store.devices.of(project_id).items():
            for event in self.store.latest.of(device_id).values():
                if not self.switches.sync_event_filter or _wants(connector, event):
                    if self.switches.sync_event_ids == "new":
                        event = {**event, "eventId": new_id(self.clock.now())}
                    self.deliveries.add(connector, event, device)

    def _spread(self, event: Json, device: Json) -> None:
        """Store an event and send it to all streams and connectors that take it."""
        _, project_id, _, device_id = device["name"].split("/")
        self._remember(event, device_id)
        self.streams.offer(event, device, project_id)
        for connector in list(self.store.connectors.of(project_id).values()):
            if connector["status"] == "ACTIVE" and _wants(connector, event):
                self.deliveries.add(connector, event, device)

    def _remember(self, event: Json, device_id: str) -> None:
        newest = self.store.latest.get(event["eventType"], device_id)
        is_last = self.switches.reported_is == "last"
        if newest is None or is_last or newest["timestamp"] <= event["timestamp"]:
            self.store.latest.put(event["eventType"], event, device_id)
        self.store.events.put(event["eventId"], event, device_id)
        past = self.store.events.of(device_id)
        while len(past) > self.switches.history_limit:
            self.store.events.remove(next(iter(past)), device_id)


def _wants(connector: Json, event: Json) -> bool:
    return not connector["events"] or event["eventType"] in connector["events"]
