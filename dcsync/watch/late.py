"""Back-filled events: measured by a sensor out of range and sent later, newest first. Pure
(docs/api.md section 13).

Ids identify those that were shown; of many, the oldest to arrive are stored as time ranges, since a
sensor never returns to a range it has sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Self

from dcsync.dataclass import dataclass, field

LATE_TYPES = frozenset({"temperature", "humidity"})
"""Event types that devices back-fill."""
MOST_IDS, MOST_RANGES = 512, 64

_FLAG = b'"isBackfilled"'
_AFTER, _FALSE = len(_FLAG) + 1, ord("f")
_LATE = re.compile(rb'"isBackfilled"\s*:\s*true')
_XID = re.compile(r"[0-9a-v]{20}")
_APART_S = 60.0


def is_late(text: bytes) -> bool:
    """Whether this event's JSON is marked as back-filled. Runs for every measurement."""
    place = text.rfind(_FLAG)  # it stands near the end: several times faster than from the start
    return place >= 0 and text[place + _AFTER] != _FALSE and _LATE.search(text) is not None


def is_late_event(event: Mapping[str, Any]) -> bool:
    """The same for a decoded event."""
    data = event.get("data")
    payload = data.get(event.get("eventType")) if isinstance(data, dict) else None
    return isinstance(payload, dict) and payload.get("isBackfilled") is True


def is_since(event_id: str, at_s: float, began_s: float) -> bool | None:
    """Whether an event of an earlier time was created after `began_s`; None if its id does not say.

    Ids begin with the second of their creation. An id with the event's own time says nothing.
    """
    if not _XID.fullmatch(event_id):
        return None
    made_s = int(event_id[:7], 32) >> 3
    if made_s >= int(began_s):
        return True
    return False if made_s > at_s + _APART_S else None


@dataclass(slots=True)
class Late:
    """The shown back-filled events of one type and device."""

    ids: dict[str, float] = field(default_factory=dict)
    """Event times, in the order of arrival."""
    ranges: list[tuple[float, float]] = field(default_factory=list)
    """From, to; the one that is being extended is the last."""
    heard_s: float = 0.0
    """When one came last, by our clock."""
    lowest_s: float = 0.0
    """How far back the sensor has come; it continues from there."""

    def admit(self, event_id: str, at_s: float, now_s: float) -> bool:
        """Record an event of the stream; False if it was shown before."""
        if event_id in self.ids:
            return False
        self.ids[event_id] = at_s
        self.heard_s, self.lowest_s = now_s, at_s
        if len(self.ids) > MOST_IDS:
            self._condense()
        return True

    def knows(self, event_id: str, at_s: float) -> bool:
        """Whether an event of the history was shown before."""
        return event_id in self.ids or any(low <= at_s <= high for low, high in self.ranges)

    @classmethod
    def of(cls, state: Sequence[Any]) -> Self:
        """From the result of `state`."""
        ids, ranges, heard_s, lowest_s = state
        return cls(dict(ids), [(low, high) for low, high in ranges], heard_s, lowest_s)

    def state(self) -> list[Any]:
        """As JSON."""
        return [dict(self.ids), list(self.ranges), self.heard_s, self.lowest_s]

    def _condense(self) -> None:
        """Store the older half as ranges."""
        first = list(islice(self.ids.items(), len(self.ids) // 2))
        for event_id, at_s in first:
            del self.ids[event_id]
            low, high = self.ranges.pop() if self.ranges else (at_s, at_s)
            if at_s > high:  # another time out of reach
                self.ranges.append((low, high))
                low = high = at_s
            self.ranges.append((min(low, at_s), high))
        self.ranges[:-1] = _fewer(self.ranges[:-1])


def _fewer(ranges: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Adjacent ranges joined, and of too many the closest."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    while len(merged) > MOST_RANGES:
        nearest = min(range(1, len(merged)), key=lambda n: merged[n][0] - merged[n - 1][1])
        merged[nearest - 1 : nearest + 1] = [(merged[nearest - 1][0], merged[nearest][1])]
    return merged
