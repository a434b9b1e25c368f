"""Updates a connector, and finds the result of an update whose response was lost."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from dcsync.apply.outcome import PartialFailure
from dcsync.cloud import Reader, Writer
from dcsync.dataclass import dataclass
from dcsync.errors import CloudError, InvalidResponse, ResponseLost, ServerError
from dcsync.model import Connector, ConnectorPatch


@dataclass(frozen=True, slots=True)
class Updater:
    """Updates connectors.

    `back_off(times, error)` waits before an update is retried, and raises the error after too many.
    Once `stopped` is true nothing is sent again.
    """

    reader: Reader
    writer: Writer
    back_off: Callable[[int, Exception], None]
    stopped: Callable[[], bool]

    def update(
        self,
        live: Connector,
        patch: Callable[[], ConnectorPatch],
        is_taken: Callable[[Connector], bool],
    ) -> Connector:
        """The connector after the update.

        `patch` is called for each attempt, because others may change their fields in between.
        Raises CloudError.
        """
        for attempt in count(1):
            try:
                return self.writer.update_data_connector(
                    live.project_id, live.data_connector_id, patch(), repeat=False
                )
            except (ResponseLost, ServerError, InvalidResponse) as error:
                found = self._read_back(live, error)
                if is_taken(found):
                    return found
                if self.stopped():
                    raise
                self.back_off(attempt, error)
        raise AssertionError("the loop returns or raises")

    def _read_back(self, live: Connector, lost: CloudError) -> Connector:
        try:
            return self.reader.get_data_connector(live.project_id, live.data_connector_id)
        except CloudError as error:
            raise PartialFailure(
                f"{lost}; it is unknown whether it was done anyway: {error}; plan again",
                live.data_connector_id,
            ) from error
