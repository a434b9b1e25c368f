"""What was shown of each device, so that gaps are filled with the rest. Knows no network.

Times are the server's, in Unix seconds. Memory is bounded: for each device and event type only the
ids of the last seconds are kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Self

from dcsync.watch.late import LATE_TYPES, Late, is_since
from dcsync.watch.mark import KEPT_IDS, OVERLAP_S, HistoryMark, from_json, json_of
from dcsync.watch.survey import SOLID_S, Survey

SILENT_S = 2.5 * 3600.0
"""A device that measured nothing for so long is out of reach; heartbeats are an hour at most."""
MOST_IDS = 20_000
CLOCKS_APART_S = 60.0
"""How far the server's clock may be from ours."""


class SeenEvents:
    """Decides what is new. Events before `began_s` are not wanted.

    `watched_s` is when the watch began: what arrives later is wanted, even with an earlier time.
    Without it only the event's time decides.

    A time ahead of our clock (`tick`) counts as now: it says nothing about how far the server has
    come, and must hide nothing that comes until then.
    """

    def __init__(self, began_s: float, watched_s: float | None = None) -> None:
        self._began_s = began_s
        self._watched_s = watched_s
        self._marks: dict[tuple[str, str], HistoryMark] = {}
        self._now_s = math.inf
        self._alive_s = -math.inf  # the latest time reported by the server
        self._lost_s = -math.inf  # the same when the present gap began
        self._stopped_s = -math.inf  # the newest event of an earlier process
        self._kept_from_s = math.inf
        self._filled_s = -math.inf

    @property
    def oldest_s(self) -> float:
        """No event before this time is wanted."""
        return self._began_s if self._watched_s is None else -math.inf

    def tick(self, now_s: float) -> None:
        """Our clock says this."""
        self._now_s = now_s

    def start_at(self, device_id: str, event_type: str, reported_s: float) -> None:
        """The watch begins with this event: it is not shown."""
        if reported_s > self._now_s + CLOCKS_APART_S:
            reported_s = self._now_s
        self._marks[device_id, event_type] = _mark(event_type, reported_s)
        self._alive_s = max(self._alive_s, reported_s)

    def hear(self, at_s: float) -> None:
        """The stream has reached this time."""
        at_s = min(at_s, self._now_s)
        if at_s > self._alive_s:
            self._alive_s = at_s
        if self._kept_from_s < math.inf and at_s > self._filled_s + OVERLAP_S:
            self._kept_from_s = math.inf
            for mark in self._marks.values():
                if len(mark.ids) > 4 * KEPT_IDS:
                    self._forget_old(mark)

    def mark(self, device_id: str, event_type: str) -> HistoryMark:
        """Always the same object for a device and type."""
        key = device_id, event_type
        mark = self._marks.get(key)
        if mark is None:
            before_s = math.nextafter(self.wanted_since(device_id, event_type), -math.inf)
            mark = self._marks[key] = _mark(event_type, before_s)
        return mark

    def admit(self, mark: HistoryMark, event_id: str, at_s: float) -> bool:
        """Record an event; False if it was shown before."""
        if event_id in mark.ids:
            return False
        mark.ids[event_id] = at_s
        # This runs for every event: comparing is much cheaper than max().
        if at_s > self._now_s:
            at_s = self._now_s
        if at_s > mark.newest_s:
            if at_s - mark.newest_s > mark.hole_s:
                mark.hole_s = math.inf
            mark.newest_s = at_s
        if at_s > mark.asked_s:
            mark.asked_s = at_s
        if at_s > self._alive_s:
            self._alive_s = at_s
        if len(mark.ids) > mark.full:
            self._forget_old(mark)
        return True

    def admit_late(self, mark: HistoryMark, event_id: str, at_s: float, now_s: float) -> bool:
        """The same for a back-filled event; with `--since` also False for older ones."""
        if self._watched_s is None and at_s < self._began_s:
            return False
        late = mark.late = mark.late or Late()
        mark.hole_s = math.inf
        mark.asked_s = max(mark.asked_s, min(at_s, self._now_s))
        return late.admit(event_id, at_s, now_s)

    def admit_late_past(
        self, mark: HistoryMark, event_id: str, at_s: float, now_s: float
    ) -> bool | None:
        """The same for an event of the history. None: admitted, but it may be older than the
        watch."""
        is_ours: bool | None = True
        if self._watched_s is not None and at_s <= mark.floor_s:
            is_ours = is_since(event_id, at_s, self._watched_s)
        if is_ours is False or (mark.late is not None and mark.late.knows(event_id, at_s)):
            return False
        return self.admit_late(mark, event_id, at_s, now_s) and is_ours

    def may_lack_late(self, device_id: str, event_type: str, reported_s: float) -> bool:
        """Whether the device may have back-filled in the gap without newer reports.

        Not after a long silence, since a device measures again before it back-fills.
        """
        is_too_old = self._watched_s is None and reported_s < self._began_s
        if event_type not in LATE_TYPES or is_too_old:
            return False
        mark = self._marks.get((device_id, event_type))
        if mark is not None and mark.hole_s < math.inf:
            return False
        is_heard = mark is not None and mark.is_heard
        return is_heard or reported_s >= max(self._lost_s, self._began_s) - SILENT_S

    def survey(self, device_id: str, event_type: str, now_s: float) -> Survey:
        """For reading the history back to where nothing late can be missing."""
        late = self.mark(device_id, event_type).late
        is_busy = late is not None and now_s - late.heard_s < SOLID_S
        return Survey(late.lowest_s if late is not None and is_busy else math.inf)

    def surveyed(self, device_id: str, event_type: str, survey: Survey) -> None:
        """What was read, and admitted, is now known."""
        self.mark(device_id, event_type).hole_s = survey.hole_s

    def admit_past(self, device_id: str, event_type: str, event_id: str, at_s: float) -> bool:
        """The same for an event of the history, oldest first; also False for what is too old."""
        if at_s < self.wanted_since(device_id, event_type):
            return False
        mark = self._marks.get((device_id, event_type))
        if mark is not None and at_s <= mark.floor_s:
            return False
        return self.admit(mark or self.mark(device_id, event_type), event_id, at_s)

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """From the result of `state` in an earlier process."""
        progress = cls(state["began"], state["watched"])
        progress._alive_s, progress._lost_s, progress._stopped_s = (
            from_json(state[name], -math.inf) for name in ("alive", "lost", "stopped")
        )
        for device_id, marks in state["marks"].items():
            for event_type, mark in marks.items():
                progress._marks[device_id, event_type] = HistoryMark.of(
                    mark, event_type in LATE_TYPES
                )
        return progress

    def state(self) -> dict[str, Any]:
        """Everything that another process needs, as JSON."""
        marks: dict[str, dict[str, Any]] = {}
        for (device_id, event_type), mark in self._marks.items():
            marks.setdefault(device_id, {})[event_type] = mark.state()
        return {
            "began": self._began_s,
            "watched": self._watched_s,
            "alive": json_of(self._alive_s),
            "lost": json_of(self._lost_s),
            "stopped": json_of(self._stopped_s),
            "marks": marks,
        }

    @property
    def alive_s(self) -> float:
        """The latest time reported by the server."""
        return self._alive_s

    def repeat(
        self,
        device_id: str,
        event_type: str,
        event_id: str,
        at_s: float,
        shown_s: float,
        *,
        is_late: bool,
    ) -> None:
        """Record an event that an earlier process has shown when its clock said `shown_s`.

        It may be out of order, so it says nothing about how far that process had come.
        """
        alive_s = self._alive_s
        self.tick(shown_s)
        mark = self.mark(device_id, event_type)
        if is_late:
            self.admit_late(mark, event_id, at_s, shown_s)
        else:
            self.admit(mark, event_id, at_s)
        self._alive_s = alive_s
        self._stopped_s = max(self._stopped_s, min(at_s, shown_s))

    def lose(self) -> None:
        """A gap begins here."""
        self._lost_s = self._alive_s

    def begin_filling(self, opened_s: float) -> None:
        """The history is about to return events that the stream, open since `opened_s`, will return
        again."""
        self._kept_from_s = opened_s
        self._filled_s = math.inf

    def end_filling(self) -> None:
        """Nothing older than what is known will be requested."""
        self._filled_s = self._alive_s

    def missing_since(self, device_id: str, event_type: str, reported_s: float) -> float | None:
        """From when on the history is needed, given the newest report; None if it is not."""
        since_s = self.wanted_since(device_id, event_type)
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return since_s if reported_s >= since_s else None
        is_newer = reported_s > mark.asked_s
        ends = self._lost_s, self._stopped_s
        is_at_end = any(abs(reported_s - end_s) <= OVERLAP_S for end_s in ends)
        return since_s if is_newer or (is_at_end and reported_s > mark.floor_s) else None

    def lacks(self, device_id: str, event_type: str, reported_s: float) -> bool:
        """Whether this report is certainly new."""
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return reported_s >= self.wanted_since(device_id, event_type)
        if reported_s <= mark.asked_s + OVERLAP_S:
            return False
        return all(abs(reported_s - at_s) > OVERLAP_S for at_s in mark.ids.values())

    def wanted_since(self, device_id: str, event_type: str) -> float:
        """From when on events of this type may be missing."""
        mark = self._marks.get((device_id, event_type))
        if mark is None:
            return max(self._began_s, self._lost_s - OVERLAP_S)
        return max(mark.newest_s - OVERLAP_S, mark.floor_s)

    def asked(self, device_id: str, event_type: str, reported_s: float) -> None:
        """The history was requested up to this report, or refused: it is not requested again."""
        mark = self._marks.get((device_id, event_type))
        if mark is not None:
            mark.asked_s = max(mark.asked_s, min(reported_s, self._now_s))

    def _forget_old(self, mark: HistoryMark) -> None:
        """Keep the ids that the history or the stream may return again, and the last few."""
        ids = list(mark.ids.items())
        from_s = min(mark.newest_s - OVERLAP_S, self._kept_from_s)
        recent = [item for item in ids[:-KEPT_IDS] if item[1] >= from_s]
        mark.ids = dict([*recent, *ids[-KEPT_IDS:]][-MOST_IDS:])
        mark.full = max(2 * len(mark.ids), 4 * KEPT_IDS)


def _mark(event_type: str, at_s: float) -> HistoryMark:
    return HistoryMark(at_s, at_s, at_s, may_be_late=event_type in LATE_TYPES)
