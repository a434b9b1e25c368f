"""`dt.EventHistory`: what a device has sent (dt-api.md section 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self, Unpack

from dcsync.cloud.reader import repeated
from dcsync.cloud.request import Request, path_of
from dcsync.library.configuration import Configuration, Resource
from dcsync.library.events.event import Event
from dcsync.library.events.payload import checked_moment, write_moment


class EventHistory(list[Event], Resource):
    """A list of events, in the order in which the API gives them: newest first, as far as known."""

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

        Times are datetimes (without a zone: UTC) or RFC 3339; FormatError for anything else.
        """
        times = {"startTime": checked_moment(start_time), "endTime": checked_moment(end_time)}
        parameters = (
            *repeated("eventTypes", event_types or ()),
            *((name, write_moment(time)) for name, time in times.items() if time is not None),
        )
        path = path_of("projects", project_id, "devices", device_id, "events")
        request = Request("GET", path, parameters)
        found = cls.client_of(configuration).list_all(request, "events")
        return cls(Event(event) for event in found)
