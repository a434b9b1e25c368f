"""What was shown of each device so far, so that a gap is filled with the rest. Knows no network.

Times are the server's own, in seconds since 1970. Memory is bounded: of each device and event type
only the ids of the last seconds are kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

OVERLAP_S = 2.0
"""How far apart events that belong together may come in the wrong order, or with equal times."""
KEPT_IDS, MOST_IDS = 4, 20_000


@dataclass(slots=True)
class Mark:
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


class Progress:
    """Tells what is new. `began_s`: what is older than this is not wanted."""

    def __init__(self, began_s: float) -> None:
        self._began_s = began_s
        self._marks: dict[tuple[str, str], Mark] = {}
        self._alive_s = -math.inf  # the newest moment that the server has told of
        self._lost_s = -math.inf  # the same when the present gap began
        self._kept_from_s = math.inf
        self._filled_s = -math.inf

    def start_at(self, device_id: str, event_type: str, reported_s: float) -> None:
        """The watch begins with this event already there: it is not to be shown."""
        self._marks[device_id, event_type] = Mark(reported_s, reported_s, reported_s)
        self._alive_s = max(self._alive_s, reported_s)

    def hear(self, at_s: float) -> None:
        """The stream has come to this moment."""
        if at_s > self._alive_s:
            self._alive_s = at_s
        if at_s > self._filled_s + OVERLAP_S:
            self._kept_from_s = math.inf

    def mark(self, device_id: str, event_type: str) -> Mark:
        """The same one each time."""
        key = device_id, event_type
        mark = self._marks.get(key)
        if mark is None:
            before_s = math.nextafter(self.wanted_since(device_id, event_type), -math.inf)
            mark = self._marks[key] = Mark(before_s, before_s, before_s)
        return mark

    def admit(self, mark: Mark, event_id: str, at_s: float) -> bool:
        """Take note of an event; False if it was shown before."""
        if event_id in mark.ids:
            return False
        mark.ids[event_id] = at_s
        # This runs for every event: comparing is much cheaper than max().
        if at_s > mark.newest_s:
            mark.newest_s = at_s
        if at_s > mark.asked_s:
            mark.asked_s = at_s
        if at_s > self._alive_s:
            self._alive_s = at_s
        if len(mark.ids) > mark.full:
            self._forget_old(mark)
        return True

    def admit_past(self, device_id: str, event_type: str, event_id: str, at_s: float) -> bool:
        """The same for an event of the history, oldest first; also False for what is too old."""
        if at_s < self.wanted_since(device_id, event_type):
            return False
        mark = self._marks.get((device_id, event_type))
        if mark is not None and at_s <= mark.floor_s:
            return False
        return self.admit(mark or self.mark(device_id, event_type), event_id, at_s)

    def lose(self) -> None:
        """A gap begins here."""
        self._lost_s = self._alive_s

    def begin_filling(self, opened_s: float) -> None:
        """History is about to bring what the stream, open since `opened_s`, will bring again."""
        self._kept_from_s = opened_s
        self._filled_s = math.inf

    def end_filling(self) -> None:
        """Nothing that is older than what is known by now will be asked for."""
        self._filled_s = self._alive_s

    def missing_since(self, device_id: str, event_type: str, reported_s: float) -> float | None:
        """From when on history has to be asked, given the newest report; None if it need not be."""
        since_s = self.wanted_since(device_id, event_type)
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return since_s if reported_s >= since_s else None
        is_newer = reported_s > mark.asked_s
        may_be_equal = abs(reported_s - self._lost_s) <= OVERLAP_S and reported_s > mark.floor_s
        return since_s if is_newer or may_be_equal else None

    def lacks(self, device_id: str, event_type: str, reported_s: float) -> bool:
        """Whether this report is certainly news."""
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return reported_s >= self.wanted_since(device_id, event_type)
        return reported_s > mark.asked_s + OVERLAP_S

    def wanted_since(self, device_id: str, event_type: str) -> float:
        """From when on events of this type may be missing."""
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return max(self._began_s, self._lost_s - OVERLAP_S)
        return max(mark.newest_s - OVERLAP_S, mark.floor_s)

    def asked(self, device_id: str, event_type: str, reported_s: float) -> None:
        """History was asked up to this report, or refused: it is not asked for it again."""
        mark = self._marks.get((device_id, event_type))
        if mark is not None:
            mark.asked_s = max(mark.asked_s, reported_s)

    def _forget_old(self, mark: Mark) -> None:
        """Keep the ids that history or the stream may bring again, and the last few."""
        ids = list(mark.ids.items())
        from_s = min(mark.newest_s - OVERLAP_S, self._kept_from_s)
        recent = [item for item in ids[:-KEPT_IDS] if item[1] >= from_s]
        mark.ids = dict([*recent, *ids[-KEPT_IDS:]][-MOST_IDS:])
        mark.full = max(2 * len(mark.ids), 4 * KEPT_IDS)
