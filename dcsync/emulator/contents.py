"""The cloud's resources: organizations, projects, devices, service accounts and connectors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dcsync.emulator.accounts import ServiceAccount
from dcsync.emulator.identifiers import new_id
from dcsync.emulator.state import State
from dcsync.emulator.telemetry.event_types import DEVICE_TYPES
from dcsync.emulator.wire import Json, Refused

_ID = re.compile(r"[0-9A-Za-z_-]+")


class Contents(State):
    """Adds them and looks them up."""

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


def _checked_id(text: object) -> str:
    """An id that can be part of a path; YAML parses some as numbers."""
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError(f"{text!r} is not an id: use letters, digits, - and _")
    return text


def _checked_labels(labels: Mapping[str, str] | None) -> Json:
    for key, value in (labels or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ValueError(f"label {key!r}: {value!r} must be a string")  # noqa: TRY004 - one kind
    return dict(labels or {})
