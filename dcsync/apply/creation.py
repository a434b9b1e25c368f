"""Creates a connector exactly once, as far as an API without idempotency keys allows."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from dcsync.apply.outcome import HalfDone
from dcsync.cloud import Reader, Writer
from dcsync.errors import AnswerInvalid, AnswerLost, ApiError, CloudError, ServerError
from dcsync.model import Connector, reveal

ATTEMPTS = 3
"""How often one connector is sent at most, each time after it was looked for in vain."""


@dataclass(frozen=True, slots=True)
class Creator:
    """Creates connectors.

    `settle` waits until a create that was answered late must be visible; once `stopped` is true
    nothing is sent again.
    """

    reader: Reader
    writer: Writer
    settle: Callable[[], None]
    stopped: Callable[[], bool]

    def create(self, wanted: Connector, known_ids: Set[str]) -> Connector:
        """The new connector: created, or adopted where the answer to its creation was lost.

        `known_ids` were live before, so none of them is adopted. Raises CloudError.
        """
        lost: CloudError | None = None
        for _ in range(ATTEMPTS):
            try:
                created = self.writer.create_data_connector(wanted)
            except CloudError as error:
                if lost is None and not _may_have_acted(error):
                    raise
                lost = error
                found = self._await(wanted, known_ids, error)
                if found is not None:
                    return found
                if self.stopped() or not _may_have_acted(error):
                    break
            else:
                return created if lost is None else self._only(created, wanted, known_ids)
        assert lost is not None  # noqa: S101 - the loop ends here only after a lost answer
        raise lost

    def _await(self, wanted: Connector, known_ids: Set[str], lost: CloudError) -> Connector | None:
        """The connector whose creation was not confirmed, once it surfaces."""
        try:
            found = self._find(wanted, known_ids)
            if found is None:
                self.settle()
                found = self._find(wanted, known_ids)
        except HalfDone:
            raise
        except CloudError as error:
            raise CloudError(
                f"{lost}; whether it was created all the same cannot be told: {error}; plan again"
            ) from error
        return found

    def _only(self, created: Connector, wanted: Connector, known_ids: Set[str]) -> Connector:
        """What was created, unless an earlier attempt has surfaced as well."""
        try:
            self._find(wanted, known_ids)
        except HalfDone:
            raise
        except CloudError:
            return created  # a twin that cannot be seen now is what the next plan names
        return created

    def _find(self, wanted: Connector, known_ids: Set[str]) -> Connector | None:
        fitting = [
            each
            for each in self.reader.list_data_connectors(wanted.project_id)
            if each.data_connector_id not in known_ids and _fits(each, wanted)
        ]
        if len(fitting) > 1:
            ids = ", ".join(each.data_connector_id for each in fitting)
            raise HalfDone(
                f"the answer to a create was lost, and more than one connector fits it now: {ids}; "
                "delete all but one of them",
                fitting[0].data_connector_id,
            )
        return fitting[0] if fitting else None


def _may_have_acted(error: CloudError) -> bool:
    """Whether a connector may exist although creating it ended like this.

    An error of another call than the POST comes from reading back what the POST made.
    """
    match error:
        case AnswerLost() | ServerError() | AnswerInvalid():
            return True
        case ApiError(method=method):
            return method != "POST"
        case _:
            return False


def _fits(live: Connector, wanted: Connector) -> bool:
    return (
        live.display_name == wanted.display_name
        and live.type == wanted.type
        and _endpoint(live) == _endpoint(wanted)
    )


def _endpoint(connector: Connector) -> str:
    """Where a connector sends to, whatever its type calls it."""
    config = connector.config
    for name in ("url", "queue_url", "topic"):
        if text := getattr(config, name, None):
            return reveal(text)
    return ""
