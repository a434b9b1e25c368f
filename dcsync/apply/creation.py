"""Creates a connector exactly once, as far as possible without idempotency keys in the API."""

from __future__ import annotations

from collections.abc import Callable, Set

from dcsync.apply.outcome import PartialFailure
from dcsync.cloud import Reader, Writer
from dcsync.dataclass import dataclass
from dcsync.errors import ApiError, CloudError, InvalidResponse, ResponseLost, ServerError
from dcsync.model import Connector, endpoint_of

ATTEMPTS = 3
"""How often a create is sent at most, each time after looking for the connector."""
LOST = "the response to a create was lost"


@dataclass(frozen=True, slots=True)
class Created:
    """A new connector. `own` is whether this run certainly created it; an adopted one may be
    another run's."""

    connector: Connector
    own: bool


@dataclass(frozen=True, slots=True)
class Creator:
    """Creates connectors.

    `settle(why)` waits until a create with a late response must be visible; once `stopped` is true
    nothing is sent again.
    """

    reader: Reader
    writer: Writer
    settle: Callable[[str], None]
    stopped: Callable[[], bool]

    def create(self, wanted: Connector, known_ids: Set[str]) -> Created:
        """The new connector: created, or adopted if the response to its creation was lost.

        `known_ids` were live before, so none of them is adopted. Raises CloudError.
        """
        lost: CloudError | None = None
        for _ in range(ATTEMPTS):
            try:
                return Created(self.writer.create_data_connector(wanted), own=True)
            except CloudError as error:
                if lost is None and not _may_have_acted(error):
                    raise
                lost = error
                found = self._await(wanted, known_ids, error)
                if found is not None:
                    return Created(found, own=False)
                if self.stopped() or not _may_have_acted(error):
                    break
        assert lost is not None  # noqa: S101 - the loop ends here only after a lost response
        raise lost

    def _await(self, wanted: Connector, known_ids: Set[str], lost: CloudError) -> Connector | None:
        """The connector whose creation was not confirmed, once it appears.

        If two match, one may be another run's, which deletes it if it came second.
        """
        try:
            fitting = self._fitting(wanted, known_ids)
            if len(fitting) != 1:
                self.settle(LOST)
                fitting = self._fitting(wanted, known_ids)
        except CloudError as error:
            raise PartialFailure(
                f"{lost}; it is unknown whether it was created anyway: {error}; plan again"
            ) from error
        if len(fitting) > 1:
            ids = ", ".join(sorted(each.data_connector_id for each in fitting))
            raise PartialFailure(
                f"{LOST}, and more than one connector fits it now: {ids}; "
                "delete all but one of them",
                fitting[0].data_connector_id,
            )
        return fitting[0] if fitting else None

    def _fitting(self, wanted: Connector, known_ids: Set[str]) -> list[Connector]:
        return [
            each
            for each in self.reader.list_data_connectors(wanted.project_id)
            if each.data_connector_id not in known_ids and _fits(each, wanted)
        ]


def _may_have_acted(error: CloudError) -> bool:
    """Whether a connector may exist although creating it failed with this error.

    An error of another call than the POST comes from reading back what the POST created.
    """
    match error:
        case ResponseLost() | ServerError() | InvalidResponse():
            return True
        case ApiError(method=method):
            return method != "POST"
        case _:
            return False


def _fits(live: Connector, wanted: Connector) -> bool:
    return (
        live.display_name == wanted.display_name
        and live.type == wanted.type
        and endpoint_of(live) == endpoint_of(wanted)
    )
