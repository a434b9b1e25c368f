"""Shows a watch: events through its outlet, everything else on standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from dcsync.render import watching as texts
from dcsync.session.events.outlet import Outlet
from dcsync.session.events.resuming import Resume
from dcsync.session.output.console import Console
from dcsync.watch.filters import Interest
from dcsync.watch.happenings import Checkpoint, Failed, Gap, Happening, Joined, MatchedEvent, News
from dcsync.watch.merge import Watched
from dcsync.watch.tally import Tally


class Screen:
    """Passes on the events of a run, and counts them."""

    def __init__(
        self,
        count: int | None,
        console: Console,
        interests: Mapping[str, tuple[Interest, ...]],
        keys: Mapping[str, str],
        outlet: Outlet,
        resume: Resume | None = None,
    ) -> None:
        self._count, self._console, self._keys = count, console, keys
        self._resume = resume
        self._interests = interests
        self._outlet = outlet
        self._unseen = set(interests)
        self.tally = Tally(projects=len(interests))

    def show(self, watched: Watched, end_s: float | None) -> None:
        """Until the end, the count, or a signal."""
        for together in watched.until(end_s):
            for happening in self._write(together):
                if isinstance(happening, Checkpoint):
                    self._reach(happening)
                else:
                    self._show(happening)
            if watched.is_idle:  # at once, but not one by one where they come in crowds
                self._console.flush()
            if self._left == 0:
                break
        self._console.flush()

    def finish(self, watched: Watched) -> None:
        """Show what arrived until the end: every event, or that some may be missing."""
        for together in watched.finish(wants_more=self._left != 0):
            for happening in self._write(together):
                if isinstance(happening, Checkpoint):
                    self._reach(happening)
                elif isinstance(happening, Gap | Failed):
                    self.tally.add(happening)
        self._console.flush()

    def give_up(self, watched: Watched) -> None:
        """Record what is not awaited any more."""
        for gap in watched.unfinished():
            self.tally.add(gap)

    @property
    def _left(self) -> int | None:
        """How many more events `--count` requires; None without it."""
        if self._console.is_cut:
            return 0
        return None if self._count is None else self._count - self.tally.events

    def _write(self, together: Sequence[Happening]) -> Sequence[Checkpoint | News]:
        """Write the events up to the count; returns the other happenings."""
        rest = [each for each in together if not isinstance(each, MatchedEvent)]
        events = [each for each in together if isinstance(each, MatchedEvent)] if rest else together
        shown = cast("Sequence[MatchedEvent]", events[: self._left])
        self.tally.count(shown)
        if shown and self._resume:
            self._resume.take(shown)
        if shown:
            self._outlet.take(shown)
        return rest

    def _reach(self, checkpoint: Checkpoint) -> None:
        """Not once the count is reached: there may be more before it that is not shown."""
        if self._resume and self._left != 0:
            self._resume.reach(checkpoint)

    def _show(self, happening: News) -> None:
        self.tally.add(happening)
        is_first = happening.project_id in self._unseen
        if not (is_first and isinstance(happening, Joined)) or (self._resume and happening.gap_s):
            self._report(happening)
        if is_first and isinstance(happening, Joined | Failed):
            self._begin(happening)

    def _report(self, happening: News) -> None:
        """Report connections; what is missing for good is reported even with `--quiet`."""
        text = texts.news_text(happening, self._keys)
        if isinstance(happening, Gap | Failed):
            self._console.problem(text)
        else:
            self._console.note(text)

    def _begin(self, happening: Joined | Failed) -> None:
        """Print what is watched, once every project has connected or failed."""
        self._unseen.discard(happening.project_id)
        failed = {each.project_id for each in self.tally.failures}
        joined = [each for project, each in self._interests.items() if project not in failed]
        if joined and not self._unseen:
            self._console.note(texts.started_text(sum(map(len, joined)), len(joined)))
