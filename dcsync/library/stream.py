"""`dt.Stream`: a project's events as they happen (docs/api.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Unpack

from dcsync.cloud.client import Client
from dcsync.cloud.reader import Reader
from dcsync.cloud.stream import EventStream
from dcsync.errors import (
    ApiError,
    CloudError,
    CredentialsError,
    CredentialsRefused,
    ResponseLost,
    ServerError,
    TooManyRequests,
)
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.events.event import Event


class Stream(Resource):
    """Streams events; a namespace only."""

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
        """Each new event of the project's devices, until you stop iterating.

        Filters of different kinds must all match; one of several ids or types is enough. Whether
        one of several `label_filters` is enough, too, is not certain (section 5); a value of None
        matches any.

        A lost connection is reconnected after 1, 2, 4, … 20 s with jitter, up to `request_attempts`
        times in a row without an event or a ping in between; then the last error is raised. Errors
        that a retry cannot fix are raised at once. Events in the meantime are not streamed; get
        them from the event history. `close()` closes the connection at once.
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
    failures = 0
    while True:
        connected = False
        error: CloudError = ResponseLost("the server ended the stream")
        try:
            with connect() as stream:
                connected = True
                for arrivals in stream.arrivals():
                    failures = 0
                    for arrival in arrivals:
                        if arrival.event_type != "ping":
                            yield Event.arrived(arrival)
        except CloudError as caught:
            if _is_final(caught, connected=connected):
                raise
            error = caught
        failures += 1
        client.back_off(failures, error)


def _is_final(error: CloudError, *, connected: bool) -> bool:
    """Whether reconnecting would fail in the same way.

    A token refused within a stream may have expired: the next connection uses a new one.
    """
    if isinstance(error, ServerError | TooManyRequests):
        return False
    if isinstance(error, CredentialsRefused):
        return not connected
    return isinstance(error, ApiError | CredentialsError)
