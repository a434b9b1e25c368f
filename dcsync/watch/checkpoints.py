"""When a follower reports its progress. Knows no files."""

from __future__ import annotations

from dcsync.watch.devices import DeviceBook
from dcsync.watch.happenings import Checkpoint
from dcsync.watch.keeping import Kept
from dcsync.watch.progress import SeenEvents

EVERY_S, WHOLE_EVERY_S = 30.0, 60.0
"""How far apart checkpoints are at least, and such that hold everything."""


class Checkpoints:
    """Of one project. There are none while anything is pending: a later process would start
    there."""

    def __init__(self, project_id: str, progress: SeenEvents, book: DeviceBook) -> None:
        self._project_id, self._progress, self._book = project_id, progress, book
        self._noted_s = self._whole_s = 0.0
        self._has_learnt = False

    def whole(self, heard_s: float) -> Checkpoint:
        """A checkpoint with the full state."""
        self._noted_s = self._whole_s = heard_s
        self._has_learnt = False
        kept = Kept(self._progress, self._book.prints(), heard_s)
        return self._at(heard_s, kept)

    def last(self, heard_s: float) -> Checkpoint:
        """At the end, or if only time has passed."""
        self._noted_s = heard_s
        return self._at(heard_s)

    def passing(self, heard_s: float, unasked: int) -> Checkpoint | None:
        """While the stream continues, with sensors still to be asked."""
        if unasked:
            self._has_learnt = True
            return None
        if self._has_learnt and heard_s - self._whole_s >= WHOLE_EVERY_S:
            return self.whole(heard_s)
        return self.last(heard_s) if heard_s - self._noted_s >= EVERY_S else None

    def _at(self, heard_s: float, kept: Kept | None = None) -> Checkpoint:
        state = None if kept is None else kept.state()
        return Checkpoint(self._project_id, heard_s, self._progress.alive_s, state)
