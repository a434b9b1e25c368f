"""Checks what identifies events, many at once: that takes a fifth of the time."""

from __future__ import annotations

from dcsync.cloud.arrival import Arrival
from dcsync.cloud.resources import check_event_head, event_times, seconds_of_valid
from dcsync.errors import InvalidResponse


def sound(project_id: str, arrivals: list[Arrival]) -> tuple[list[Arrival], InvalidResponse | None]:
    """The arrivals before the first that is wrong, and what is wrong with it. Sets `at_s`."""
    times = event_times(
        project_id,
        [each.event_id for each in arrivals],
        {(each.target_name, each.event_type) for each in arrivals},
        [each.timestamp for each in arrivals],
    )
    if times is not None:
        for arrival, at_s in zip(arrivals, times, strict=True):
            arrival.at_s = at_s
        return arrivals, None
    for number, arrival in enumerate(arrivals):
        try:
            check_event_head(
                project_id,
                arrival.event_id,
                arrival.target_name,
                arrival.event_type,
                arrival.timestamp,
            )
        except InvalidResponse as error:
            return arrivals[:number], error
        arrival.at_s = seconds_of_valid(arrival.timestamp)
    return arrivals, None
