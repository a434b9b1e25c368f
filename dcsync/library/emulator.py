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
    """Makes emulated devices and lets them send events; for namespacing only."""

    @classmethod
    def create_device(
        cls,
        project_id: str,
        device_type: str,
        display_name: str | None = None,
        labels: Mapping[str, str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> Device:
        """A new emulated device; sent once, like every create."""
        named = {} if display_name is None else {"name": display_name}
        body = {"type": device_type, "labels": {**(labels or {}), **named}}
        request = Request("POST", path_of("projects", project_id, "devices"), body=body)
        answer = cls.client_of(configuration).call(request, emulator=True)
        return Device(answer.json_object(request))

    @classmethod
    def delete_device(
        cls, device_id: str, project_id: str, **configuration: Unpack[Configuration]
    ) -> None:
        """Delete an emulated device; NotFound if there is none."""
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
        """Let an emulated device send an event of `data`, which must fit its type.

        Sent once, since twice would be two events. Of `labelsChanged` nobody knows whether the API
        takes it. UsageError for what is no event's data, such as a sample.
        """
        event_type = getattr(data, "event_type", "")
        if not event_type:
            raise UsageError(f"{type(data).__name__} cannot be published")
        path = f"{path_of('projects', project_id, 'devices', device_id)}:publish"
        request = Request("POST", path, body={event_type: data.to_raw()})
        cls.client_of(configuration).call(request, emulator=True)
