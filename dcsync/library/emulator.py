"""`dt.Emulator`: emulated devices of DT's own emulator API (docs/api.md section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from dcsync.cloud.request import Request, path_of
from dcsync.errors import UsageError
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.device import Device

if TYPE_CHECKING:
    from dcsync.library.events.payload import Payload


class Emulator(Resource):
    """Creates emulated devices and publishes their events; a namespace only."""

    @classmethod
    def create_device(
        cls,
        project_id: str,
        device_type: str,
        display_name: str | None = None,
        labels: Mapping[str, str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> Device:
        """Create an emulated device; like every create never retried."""
        named = {} if display_name is None else {"name": display_name}
        body = {"type": device_type, "labels": {**(labels or {}), **named}}
        request = Request("POST", path_of("projects", project_id, "devices"), body=body)
        response = cls.client_of(configuration).call(request, emulator=True)
        return Device(response.json_object(request))

    @classmethod
    def delete_device(
        cls, device_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Delete an emulated device; NotFound if it does not exist."""
        request = Request("DELETE", path_of("projects", project_id, "devices", device_id))
        cls.client_of(configuration).call(request, emulator=True)

    @classmethod
    def publish_event(
        cls,
        device_id: str,
        project_id: str,
        data: Payload,
        **configuration: Unpack[Configuration],
    ) -> None:
        """Publish an event of an emulated device; `data` must match its type.

        Never retried, since that could publish it twice. It is unknown whether the API accepts
        `labelsChanged`. UsageError for anything that is not an event's data, such as a sample.
        """
        event_type = getattr(data, "event_type", "")
        if not event_type:
            raise UsageError(f"{type(data).__name__} cannot be published")
        path = f"{path_of('projects', project_id, 'devices', device_id)}:publish"
        request = Request("POST", path, body={event_type: data.to_raw()})
        cls.client_of(configuration).call(request, emulator=True)
