"""What was shown of one event type of one device. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self

from dcsync.dataclass import dataclass, field
from dcsync.watch.late import Late

OVERLAP_S = 2.0
"""How far apart events that belong together may come in the wrong order, or with equal times."""
KEPT_IDS = 4


@dataclass(slots=True)
class HistoryMark:
    """One event type of one device."""

    floor_s: float
    """Events up to here were there before the watch began."""
    newest_s: float
    """The newest event that was shown."""
    asked_s: float
    """The newest report that history was asked for, or an event that was shown."""
    ids: dict[str, float] = field(default_factory=dict)
    full: int = 4 * KEPT_IDS
    """So many ids are looked through for old ones."""
    may_be_late: bool = False
    """Whether events of this type are back-filled."""
    late: Late | None = None
    """Those that were shown, if any."""
    hole_s: float = math.inf
    """A longer silence than this is a time out of reach; infinity where there may have been one."""

    @property
    def is_heard(self) -> bool:
        """Whether the watch has received any event of it."""
        return self.newest_s > self.floor_s or self.late is not None

    @classmethod
    def of(cls, state: Sequence[Any], may_be_late: bool) -> Self:
        """From the result of `state`."""
        floor_s = from_json(state[0], -math.inf)
        if len(state) == 1:
            return cls(floor_s, floor_s, floor_s, may_be_late=may_be_late)
        _, newest, asked, hole, ids, late = state
        return cls(
            floor_s,
            from_json(newest, -math.inf),
            from_json(asked, -math.inf),
            dict(ids),
            max(2 * len(ids), 4 * KEPT_IDS),
            may_be_late,
            None if late is None else Late.of(late),
            from_json(hole, math.inf),
        )

    def state(self) -> list[Any]:
        """As JSON, with the ids that the history may return again."""
        if self.newest_s == self.asked_s == self.floor_s and not self.is_known_further:
            return [json_of(self.floor_s)]
        from_s = self.newest_s - OVERLAP_S
        return [
            json_of(self.floor_s),
            json_of(self.newest_s),
            json_of(self.asked_s),
            json_of(self.hole_s),
            {event_id: at_s for event_id, at_s in self.ids.items() if at_s >= from_s},
            None if self.late is None else self.late.state(),
        ]

    @property
    def is_known_further(self) -> bool:
        return bool(self.ids) or self.late is not None or self.hole_s < math.inf


def json_of(seconds: float) -> float | None:
    """None for infinity, which JSON does not have."""
    return seconds if math.isfinite(seconds) else None


def from_json(seconds: float | None, infinity: float) -> float:
    return infinity if seconds is None else float(seconds)
