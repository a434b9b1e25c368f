"""Creates a connector exactly once, as far as an API without idempotency keys allows."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from dcsync.cloud import Reader, Writer
from dcsync.errors import AnswerLost, CloudError, ServerError
from dcsync.model import Connector, reveal

ATTEMPTS = 3
"""How often one connector is sent at most, each time after it was looked for in vain."""


@dataclass(frozen=True, slots=True)
class Creator:
    """Creates connectors; `settle` waits until a create that was answered late must be visible."""

    reader: Reader
    writer: Writer
    settle: Callable[[], None]

    def create(self, wanted: Connector, known_ids: Set[str]) -> Connector:
        """The new connector: created, or adopted where the answer to its creation was lost.

        `known_ids` were live before, so none of them is adopted. Raises CloudError.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.writer.create_data_connector(wanted)
            except (AnswerLost, ServerError):
                found = self._find(wanted, known_ids)
                if found is None and attempt < ATTEMPTS:
                    self.settle()
                    found = self._find(wanted, known_ids)
                if found is not None:
                    return found
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _find(self, wanted: Connector, known_ids: Set[str]) -> Connector | None:
        fitting = [
            each
            for each in self.reader.list_data_connectors(wanted.project_id)
            if each.data_connector_id not in known_ids and _fits(each, wanted)
        ]
        if len(fitting) > 1:
            ids = ", ".join(each.data_connector_id for each in fitting)
            raise CloudError(
                f"the answer to a create was lost, and more than one connector fits it now: {ids}; "
                "delete all but one of them"
            )
        return fitting[0] if fitting else None


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
