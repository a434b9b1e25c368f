"""Checks what identifies events, many at once: that takes a fifth of the time."""

from __future__ import annotations

from dcsync.cloud.arrival import Arrival
from dcsync.cloud.resources import are_event_heads, check_event_head
from dcsync.errors import InvalidResponse


def sound(project_id: str, arrivals: list[Arrival]) -> tuple[list[Arrival], InvalidResponse | None]:
    """The arrivals before the first that is wrong, and what is wrong with it."""
    if are_event_heads(
        project_id,
        [each.event_id for each in arrivals],
        {(each.target_name, each.event_type) for each in arrivals},
        [each.timestamp for each in arrivals],
    ):
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
    return arrivals, None
