"""`dt.Device`: sensors and Cloud Connectors (docs/api.md section 6.1)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self, Unpack

from dcsync.cloud.reader import repeated
from dcsync.cloud.request import Request, path_of
from dcsync.library import log
from dcsync.library.batch import LabelUpdateError, TransferDeviceError, failures
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.events.event import DATA_CLASSES
from dcsync.library.output import Output, id_after, mapping, string

EMULATED_PREFIX, EMULATED_LENGTH = "emu", 23


class Device(Output, Resource):
    """A device as the API returned it. Its display name is the label `name`, or None."""

    TEMPERATURE = "temperature"
    PROXIMITY = "proximity"
    TOUCH = "touch"
    HUMIDITY = "humidity"
    PROXIMITY_COUNTER = "proximityCounter"
    TOUCH_COUNTER = "touchCounter"
    WATER_DETECTOR = "waterDetector"
    CLOUD_CONNECTOR = "ccon"
    CO2 = "co2"
    MOTION = "motion"
    DESK_OCCUPANCY = "deskOccupancy"
    CONTACT = "contact"
    DEVICE_TYPES: ClassVar[list[str]] = [
        TEMPERATURE,
        PROXIMITY,
        TOUCH,
        HUMIDITY,
        PROXIMITY_COUNTER,
        TOUCH_COUNTER,
        WATER_DETECTOR,
        CLOUD_CONNECTOR,
        CO2,
        MOTION,
        DESK_OCCUPANCY,
        CONTACT,
    ]

    shown = ("device_id", "project_id", "display_name", "device_type", "labels")

    def __init__(self, device: Mapping[str, Any]) -> None:
        super().__init__(device)
        name = string(device, "name")
        self.device_id = id_after(name, "devices")
        self.project_id = id_after(name, "projects")
        self.device_type = string(device, "type")
        self.product_number = string(device, "productNumber")
        self.labels: dict[str, str] = dict(mapping(device, "labels"))
        self.display_name = self.labels.get("name")
        self.is_emulated = (
            self.device_id.startswith(EMULATED_PREFIX) and len(self.device_id) == EMULATED_LENGTH
        )

    @property
    def listed(self) -> tuple[str, ...]:
        """The attributes that `print` shows; `reported` is decoded on access."""
        return (*dict.fromkeys((*super().listed, "reported")),)

    @cached_property
    def reported(self) -> Reported | None:
        """The latest event of each type; None if the API reports none."""
        reported = self.raw.get("reported")
        return Reported(reported) if isinstance(reported, Mapping) else None

    @classmethod
    def get_device(
        cls, device_id: str, project_id: str | None = None, **configuration: Unpack[Configuration]
    ) -> Self:
        """One device; without a project, of any that the credentials may see. NotFound if none."""
        request = Request("GET", path_of("projects", project_id or "-", "devices", device_id))
        return cls(cls.client_of(configuration).get_object(request))

    @classmethod
    def list_devices(
        cls,
        project_id: str,
        query: str | None = None,
        device_ids: Sequence[str] | None = None,
        device_types: Sequence[str] | None = None,
        label_filters: Mapping[str, str | None] | None = None,
        order_by: str | None = None,
        organization_id: str | None = None,
        project_ids: Sequence[str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> list[Self]:
        """Devices that match all filters, one call per page of 100.

        Project `-` means all projects of `organization_id`, or `project_ids` of them; it requires
        the organization (ValueError). A label value of "" or None matches any. `order_by` is a path
        like `reported.temperature.value`; a leading `-` reverses the order.
        """
        if project_id == "-" and organization_id is None:
            raise ValueError("project '-' requires an organization_id")
        if project_id != "-" and (organization_id is not None or project_ids is not None):
            warnings.warn(
                "organization_id and project_ids are only used with project '-'",
                UserWarning,
                stacklevel=2,
            )
        labels = (label_filters or {}).items()
        one = {
            "query": query,
            "order_by": order_by,
            "organization": organization_id and f"organizations/{organization_id}",
        }
        parameters = (
            *((name, value) for name, value in one.items() if value is not None),
            *repeated("device_ids", device_ids or ()),
            *repeated("device_types", device_types or ()),
            *repeated("label_filters", [f"{key}={value or ''}" for key, value in labels]),
            *repeated("projects", [f"projects/{each}" for each in project_ids or ()]),
        )
        request = Request("GET", path_of("projects", project_id, "devices"), parameters)
        return [cls(each) for each in cls.client_of(configuration).list_all(request, "devices")]

    @classmethod
    def set_label(
        cls,
        device_id: str,
        project_id: str,
        key: str,
        value: str,
        **configuration: Unpack[Configuration],
    ) -> list[LabelUpdateError]:
        """Set one label of a device; the label `name` is its display name."""
        return cls.batch_update_labels([device_id], project_id, {key: value}, **configuration)

    @classmethod
    def remove_label(
        cls, device_id: str, project_id: str, key: str, **configuration: Unpack[Configuration]
    ) -> list[LabelUpdateError]:
        """Remove one label of a device."""
        return cls.batch_update_labels([device_id], project_id, None, [key], **configuration)

    @classmethod
    def batch_update_labels(
        cls,
        device_ids: Sequence[str],
        project_id: str,
        set_labels: Mapping[str, str] | None = None,
        remove_labels: Sequence[str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> list[LabelUpdateError]:
        """Set and remove labels of many devices of a project.

        Devices that were not changed are returned as errors, not raised.
        """
        body = {
            "devices": _names(project_id, device_ids),
            **({} if set_labels is None else {"addLabels": dict(set_labels)}),
            **({} if remove_labels is None else {"removeLabels": list(remove_labels)}),
        }
        path = f"{path_of('projects', project_id, 'devices')}:batchUpdate"
        request = Request("POST", path, body=body, repeatable=True)
        client = cls.client_of(configuration)
        return failures(client, request, "batchErrors", LabelUpdateError)

    @classmethod
    def transfer_devices(
        cls,
        device_ids: Sequence[str],
        source_project_id: str,
        target_project_id: str,
        **configuration: Unpack[Configuration],
    ) -> list[TransferDeviceError]:
        """Move devices to another project; never retried.

        Devices that were not moved are returned as errors, not raised.
        """
        path = f"{path_of('projects', target_project_id, 'devices')}:transfer"
        request = Request("POST", path, body={"devices": _names(source_project_id, device_ids)})
        client = cls.client_of(configuration)
        return failures(client, request, "transferErrors", TransferDeviceError)


def _names(project_id: str, device_ids: Sequence[str]) -> list[str]:
    return [f"projects/{project_id}/devices/{device_id}" for device_id in device_ids]


class Reported(Output):
    """The latest data of each event type: `reported.temperature.celsius`.

    Has an attribute for each event type except labelsChanged, in snake_case; None for a type that
    the device never sent.
    """

    def __init__(self, reported: Mapping[str, Any]) -> None:
        super().__init__(reported)
        for name in reported:
            if reported[name] is not None and name not in DATA_CLASSES:
                log.unknown("reported type", name)

    def __getattr__(self, name: str) -> Any:
        event_type = _EVENT_TYPE_OF.get(name)
        if event_type is None:
            raise AttributeError(name)
        content = self.raw.get(event_type)
        if not isinstance(content, Mapping):
            return None
        return DATA_CLASSES[event_type].from_raw(content)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *_EVENT_TYPE_OF]

    @property
    def shown(self) -> tuple[str, ...]:  # type: ignore[override]
        """The types that the device has sent."""
        return tuple(name for name in _EVENT_TYPE_OF if getattr(self, name) is not None)

    @property
    def listed(self) -> tuple[str, ...]:
        """The same for `print`."""
        return self.shown


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


_EVENT_TYPE_OF = {_snake(name): name for name in DATA_CLASSES if name != "labelsChanged"}
