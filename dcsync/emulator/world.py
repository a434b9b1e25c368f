"""The content of the cloud and what happens in it: projects, devices, pending events.

No HTTP: both the API's calls and the scripts of tests use this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dcsync.emulator import events
from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.clock import CloudClock, parse_timestamp
from dcsync.emulator.deliveries import Deliveries
from dcsync.emulator.event_types import DEVICE_TYPES, EVENTS_OF
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.outcomes import Attempt
from dcsync.emulator.past import GeneratedHistory
from dcsync.emulator.reach import Reach
from dcsync.emulator.state import State
from dcsync.emulator.store import Store
from dcsync.emulator.streams import Streams
from dcsync.emulator.switches import Switches
from dcsync.emulator.wire import Json, Refused

_ID = re.compile(r"[0-9A-Za-z_-]+")


class World(State):
    """A cloud with its rules. Every public method is thread-safe."""

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

    def add_organization(self, display_name: str, organization_id: str | None = None) -> str:
        with self.lock:
            organization_id = _checked_id(organization_id or new_id(self.clock.now()))
            name = f"organizations/{organization_id}"
            organization = {"name": name, "displayName": display_name}
            self.store.organizations.put(organization_id, organization)
            self.store.commit()
            return organization_id

    def add_project(
        self,
        display_name: str = "",
        project_id: str | None = None,
        *,
        organization_id: str | None = None,
        inventory: bool = False,
        labels: Mapping[str, str] | None = None,
        location: Json | None = None,
    ) -> str:
        """Add a project, in the first organization unless one is named; returns its id."""
        with self.lock:
            project_id = _checked_id(project_id or new_id(self.clock.now()))
            organization_id = organization_id or next(iter(self.store.organizations.of()), None)
            if organization_id is None:
                organization_id = self.add_organization("Emulated organization")
            place = {"latitude": None, "longitude": None, "timeLocation": ""}
            project = {
                "name": f"projects/{project_id}",
                "displayName": display_name or project_id,
                "organization": f"organizations/{organization_id}",
                "inventory": inventory,
                "location": {**place, **(location or {})},
                "labels": _checked_labels(labels),
            }
            self.store.projects.put(project_id, project)
            self.store.commit()
            return project_id

    def add_device(
        self,
        project_id: str,
        type: str,
        labels: Mapping[str, str] | None = None,
        device_id: str | None = None,
        *,
        emulated: bool = False,
        product_number: str = "",
    ) -> str:
        """Add a device; returns its id. Emulated ones can publish through the emulator's API."""
        if type not in DEVICE_TYPES:
            raise ValueError(f"{type} is not a device type; use {', '.join(DEVICE_TYPES)}")
        with self.lock:
            self.project(project_id)
            fresh = ("emu" if emulated else "") + new_id(self.clock.now())
            device_id = _checked_id(device_id or fresh)
            device = {
                "name": f"projects/{project_id}/devices/{device_id}",
                "type": type,
                "productNumber": product_number,
                "labels": _checked_labels(labels),
            }
            self.store.devices.put(device_id, device, project_id)
            self.store.commit()
            return device_id

    def add_service_account(
        self,
        role: str = "organization.admin",
        *,
        projects: tuple[str, ...] = (),
        key_id: str | None = None,
        secret: str | None = None,
        email: str | None = None,
        basic_auth: bool = True,
    ) -> ServiceAccount:
        """Add a service account with a role in some projects, or (`projects` empty) in all."""
        with self.lock:
            account = self.accounts.add(
                role=role,
                projects=projects,
                key_id=key_id,
                secret=secret,
                email=email,
                basic_auth=basic_auth,
            )
            self.store.commit()
            return account

    def connectors(self, project_id: str) -> list[Json]:
        """The live resources, oldest first."""
        with self.lock:
            return list(self.store.connectors.of(project_id).values())

    @property
    def delivery_attempts(self) -> list[Attempt]:
        """Every push so far, oldest first."""
        with self.lock:
            return list(self.deliveries.outcomes.attempts)

    def project(self, project_id: str) -> Json:
        found = self.store.projects.get(project_id)
        if found is None:
            raise Refused(404, "no such project")
        return found

    def device(self, device_id: str) -> Json:
        parent = self.store.devices.parent_of(device_id)
        found = self.store.devices.get(device_id, parent or "")
        if found is None:
            raise Refused(404, "no such device")
        return found

    def note_created(self, name: str) -> None:
        """Remember when a connector was made, if it takes time to be seen."""
        if self.switches.propagation_s:
            self._fresh[name] = self.clock.now()

    def is_propagated(self, name: str) -> bool:
        """Whether reads know of a connector already (docs/api.md section 3.2, 404)."""
        made = self._fresh.get(name)
        return made is None or self.clock.now() >= made + self.switches.propagation_s

    def project_shown(self, project: Json) -> Json:
        devices = self.store.devices.of(project["name"].removeprefix("projects/")).values()
        gateways = sum(device["type"] == "ccon" for device in devices)
        organization_id = project["organization"].removeprefix("organizations/")
        organization = self.store.organizations.get(organization_id) or {}
        return {
            **project,
            "organizationDisplayName": organization.get("displayName", ""),
            "sensorCount": len(devices) - gateways,
            "cloudConnectorCount": gateways,
        }

    def device_shown(self, device: Json) -> Json:
        """The device with the newest payload of each type that it can report."""
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
        """Let a device send an event; Refused where it does not fit. The event."""
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
        """Devices of a project, one or all, are out of reach for so long; their ids.

        Afterwards they send what they measured meanwhile, the newest first, as back-filled.
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
        """Let the next `count` deliveries to an endpoint fail, or all for so long.

        Then it has recovered. `url` is a glob. Nothing is called; status 0 is no response.
        """
        self.endpoint_outages.add(url, count=count, minutes=minutes, status=status)

    def add_deliveries(
        self, connector_id: str, *, ok: int = 0, failed: int = 0, latency_s: float = 0.1
    ) -> None:
        """Let a connector's metrics count deliveries that nobody made, of this moment."""
        with self.lock:
            if self.store.connectors.parent_of(connector_id) is None:
                raise Refused(404, "no such connector")
            outcomes = self.deliveries.outcomes
            outcomes.add(connector_id, ok=ok, failed=failed, latency_s=latency_s)
            self.store.commit()

    def set_labels(self, device: Json, labels: Json) -> None:
        """Give a device other labels, with the labelsChanged event that comes of it."""
        if labels == device["labels"]:
            return
        with self.lock:
            event = events.labels_changed(device, device["labels"], labels, self.clock.now())
            after = {**device, "labels": labels}
            _, project_id, _, device_id = device["name"].split("/")
            self.store.devices.put(device_id, after, project_id)
            self._spread(event, after)

    def resend_latest(self, project_id: str, connector: Json) -> None:
        """Queue the newest event of each type of every device once more (`:sync`)."""
        for device_id, device in self.store.devices.of(project_id).items():
            for event in self.store.latest.of(device_id).values():
                if not self.switches.sync_event_filter or _wants(connector, event):
                    if self.switches.sync_event_ids == "new":
                        event = {**event, "eventId": new_id(self.clock.now())}
                    self.deliveries.add(connector, event, device)

    def _spread(self, event: Json, device: Json) -> None:
        """Remember an event and send it to all who get it."""
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


def _checked_id(text: object) -> str:
    """An id that can stand in a path; YAML makes numbers of some."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not an id: use letters, digits, - and _")
    return text


def _checked_labels(labels: Mapping[str, str] | None) -> Json:
    for key, value in (labels or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ValueError(f"label {key!r}: {value!r} must be a string")  # noqa: TRY004 - one kind
    return dict(labels or {})
