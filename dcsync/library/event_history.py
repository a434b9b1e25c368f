"""`dt.EventHistory`: the events that a device has sent (docs/api.md section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self, Unpack

from dcsync.cloud.reader import repeated
from dcsync.cloud.request import Request, path_of
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.events.event import Event
from dcsync.library.events.payload import checked_moment, write_moment
from dcsync.library.frames import package, rows_of


class EventHistory(list[Event], Resource):
    """A list of events in the order of the API: probably newest first."""

    @classmethod
    def list_events(
        cls,
        device_id: str,
        project_id: str,
        event_types: Sequence[str] | None = None,
        start_time: str | datetime | None = None,
        end_time: str | datetime | None = None,
        **configuration: Unpack[Configuration],
    ) -> Self:
        """The events of one device, by default of the last 24 hours; about 31 days are kept.

        Times are datetimes (UTC if they have no zone) or RFC 3339; FormatError, TypeError for
        others.
        """
        times = {"startTime": start_time, "endTime": end_time}
        parameters = (
            *repeated("eventTypes", event_types or ()),
            *((name, _sent(time)) for name, time in times.items() if time is not None),
        )
        path = path_of("projects", project_id, "devices", device_id, "events")
        request = Request("GET", path, parameters)
        found = cls.client_of(configuration).list_all(request, "events")
        return cls(Event(event) for event in found)

    def to_pandas(self) -> Any:
        """A pandas DataFrame with a row per event, or per sample of a temperature.

        ModuleNotFoundError if pandas is not installed.
        """
        return package("pandas").json_normalize(rows_of(self))

    def to_polars(self) -> Any:
        """The same as a polars DataFrame, `update_time` as a datetime."""
        polars = package("polars")
        frame = polars.DataFrame(rows_of(self), infer_schema_length=None)
        if frame.schema.get("update_time") == polars.String:
            frame = frame.with_columns(polars.col("update_time").str.to_datetime(time_zone="UTC"))
        return frame


def _sent(time: str | datetime) -> str:
    """RFC 3339; a string is sent as given, because it may be more precise than a datetime."""
    if isinstance(time, datetime):
        return write_moment(time)
    checked_moment(time)
    return time
