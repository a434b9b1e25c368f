"""Per-device errors of calls for several devices: returned, not raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dcsync.cloud.client import Client
from dcsync.cloud.request import Request
from dcsync.errors import InvalidResponse
from dcsync.library.output import Output, id_after, mapping, string


class BatchError(Output):
    """A device that was not changed. It is an object in the response, not an exception."""

    shown = ("device_id", "project_id", "status_code", "message")

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error)
        name, status = string(error, "device"), mapping(error, "status")
        self.device_id = id_after(name, "devices")
        self.project_id = id_after(name, "projects")
        self.status_code = string(status, "code")
        """INVALID_ARGUMENT, NOT_FOUND or INTERNAL_ERROR (section 6.1)."""
        self.message = string(status, "message")


class TransferDeviceError(BatchError):
    """A device that was not moved to another project."""


class LabelUpdateError(BatchError):
    """A device whose labels were not changed."""


Failure = TypeVar("Failure", bound=BatchError)


def failures(client: Client, request: Request, key: str, kind: type[Failure]) -> list[Failure]:
    """The errors of a batch call, the list under `key`; InvalidResponse if it is not a list."""
    found = client.get_object(request).get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise InvalidResponse(f"{request}: in the response {key} is not a list of errors")
    return [kind(each) for each in found]
