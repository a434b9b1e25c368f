"""Counts what a watch has shown, for its summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dcsync.dataclass import dataclass, field, replace
from dcsync.watch.happenings import Failed, Gap, MatchedEvent, News


@dataclass(slots=True)
class Tally:
    """Events by connector and type; gaps by project, summed; projects that failed."""

    projects: int = 0
    """How many were to be watched."""
    events: int = 0
    gaps: dict[str, Gap] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)
    _shown: Counter[tuple[tuple[str, ...], str]] = field(default_factory=Counter)

    @property
    def is_nothing_watched(self) -> bool:
        """Whether every project has failed from the start."""
        return bool(self.failures) and len(self.failures) == self.projects

    @property
    def is_incomplete(self) -> bool:
        """Whether events may be missing."""
        return bool(self.gaps or self.failures)

    @property
    def by_connector(self) -> dict[str, Counter[str]]:
        """The number of events of each type that each connector takes."""
        counts: dict[str, Counter[str]] = {}
        for (addresses, event_type), count in self._shown.items():
            for address in addresses:
                counts.setdefault(address, Counter())[event_type] += count
        return counts

    def count(self, shown: Sequence[MatchedEvent]) -> None:
        self.events += len(shown)
        self._shown.update((each.addresses, each.arrival.event_type) for each in shown)

    def add(self, happening: News) -> None:
        match happening:
            case Gap():
                before = self.gaps.get(happening.project_id)
                seconds = happening.seconds + (before.seconds if before else 0.0)
                self.gaps[happening.project_id] = replace(happening, seconds=seconds)
            case Failed():
                self.failures.append(happening)
            case _:
                pass
