"""`dt.Stream`: a project's events as they happen (docs/api.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Unpack

from dcsync.cloud.client import Client
from dcsync.cloud.reader import Reader
from dcsync.cloud.stream import EventStream
from dcsync.errors import (
    AnswerLost,
    ApiError,
    CloudError,
    CredentialsError,
    CredentialsRefused,
    ServerError,
    TooManyRequests,
)
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.events.event import Event


class Stream(Resource):
    """Streams events; for namespacing only."""

    @classmethod
    def event_stream(
        cls,
        project_id: str,
        device_ids: Sequence[str] | None = None,
        label_filters: Mapping[str, str | None] | None = None,
        device_types: Sequence[str] | None = None,
        event_types: Sequence[str] | None = None,
        **configuration: Unpack[Configuration],
    ) -> Generator[Event]:
        """Each new event of the project's devices, for as long as you iterate.

        Filters of different kinds must all fit; one of several ids or types is enough. Whether one
        of several `label_filters` is enough too, nobody knows for certain (section 5); a value of
        None stands for any.

        A lost connection is taken up again after 1, 2, 4, … 20 s with jitter, `request_attempts`
        times in a row without an event or a ping in between; then the last error is raised. What
        the server refuses for good is raised at once. Events of the meantime are lost; the event
        history has them. `close()` closes the connection at once.
        """
        client = cls.client_of(configuration)

        def connect() -> EventStream:
            return Reader(client).open_stream(
                project_id,
                device_ids=device_ids or (),
                label_filters=label_filters or {},
                device_types=device_types or (),
                event_types=event_types or (),
            )

        return _events(client, connect)


def _events(client: Client, connect: Callable[[], EventStream]) -> Generator[Event]:
    troubles = 0
    while True:
        connected = False
        error: CloudError = AnswerLost("the server ended the stream")
        try:
            with connect() as stream:
                connected = True
                for together in stream.arrivals():
                    troubles = 0
                    for arrival in together:
                        if arrival.event_type != "ping":
                            yield Event.arrived(arrival)
        except CloudError as caught:
            if _is_final(caught, connected=connected):
                raise
            error = caught
        troubles += 1
        client.back_off(troubles, error)


def _is_final(error: CloudError, *, connected: bool) -> bool:
    """Whether another connection would only hear the same.

    A token refused inside a stream may have expired: the next connection takes a fresh one.
    """
    if isinstance(error, ServerError | TooManyRequests):
        return False
    if isinstance(error, CredentialsRefused):
        return not connected
    return isinstance(error, ApiError | CredentialsError)
