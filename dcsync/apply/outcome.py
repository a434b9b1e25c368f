"""The results of operations. Values only."""

from __future__ import annotations

from enum import StrEnum

from dcsync.apply.sync import Sync
from dcsync.dataclass import dataclass
from dcsync.errors import CloudError
from dcsync.plan import Operation


class Status(StrEnum):
    DONE = "done"
    NOT_SYNCED = "done, not synced"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One operation and its result.

    `data_connector_id` is the id after the operation ("" where there is none), `error` says what
    went wrong ("" where nothing did), `note` what else a user should know, `seconds` is how long
    it took. `partial` is a failure that changed the cloud anyway, or may have, `bug` one
    that dcsync itself is to blame for.
    """

    operation: Operation | Sync
    status: Status
    error: str = ""
    data_connector_id: str = ""
    seconds: float = 0.0
    partial: bool = False
    note: str = ""
    bug: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether the cloud was changed as planned, synced or not."""
        return self.status in {Status.DONE, Status.NOT_SYNCED}

    @property
    def changed(self) -> bool:
        """Whether the cloud was changed at all."""
        return self.is_done or self.partial


class PartialFailure(CloudError):
    """A failure after which the cloud was changed, or may have been.

    `data_connector_id` is what is live now, or "".
    """

    def __init__(self, message: str, data_connector_id: str = "") -> None:
        super().__init__(message)
        self.data_connector_id = data_connector_id
