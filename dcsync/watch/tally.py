"""Counts what a watch has shown, for its last words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from dcsync.watch.happenings import Failed, Gap, Happening, Shown


@dataclass(slots=True)
class Tally:
    """Events by connector and type; gaps by project, added up; projects that failed."""

    events: int = 0
    by_connector: dict[str, Counter[str]] = field(default_factory=dict)
    gaps: dict[str, Gap] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)

    def add(self, happening: Happening) -> None:
        match happening:
            case Shown():
                self.events += 1
                for address in happening.addresses:
                    types = self.by_connector.setdefault(address, Counter())
                    types[str(happening.event.get("eventType"))] += 1
            case Gap():
                before = self.gaps.get(happening.project_id)
                seconds = happening.seconds + (before.seconds if before else 0.0)
                self.gaps[happening.project_id] = replace(happening, seconds=seconds)
            case Failed():
                self.failures.append(happening)
            case _:
                pass
