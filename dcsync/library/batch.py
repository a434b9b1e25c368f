"""What a call for several devices could not do, though it was a success: returned, not raised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from dcsync.cloud.client import Client
from dcsync.cloud.request import Request
from dcsync.errors import AnswerInvalid
from dcsync.library.output import Output, id_after, mapping, text


class BatchError(Output):
    """One device that was left as it was. It is an object of the response, no exception."""

    shown = ("device_id", "project_id", "status_code", "message")

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error)
        name, status = text(error, "device"), mapping(error, "status")
        self.device_id = id_after(name, "devices")
        self.project_id = id_after(name, "projects")
        self.status_code = text(status, "code")
        """INVALID_ARGUMENT, NOT_FOUND or INTERNAL_ERROR (section 6.1)."""
        self.message = text(status, "message")


class TransferDeviceError(BatchError):
    """A device that was not moved to another project."""


class LabelUpdateError(BatchError):
    """A device whose labels were not changed."""


Failure = TypeVar("Failure", bound=BatchError)


def failures(client: Client, request: Request, key: str, kind: type[Failure]) -> list[Failure]:
    """What a batch call could not do, the list under `key`; AnswerInvalid where it is none."""
    found = client.get_object(request).get(key) or []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise AnswerInvalid(f"{request}: the response has {key} that are no list of errors")
    return [kind(each) for each in found]
