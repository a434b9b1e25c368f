"""Formats what a watch reports besides events: connections, gaps, and its summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dcsync.render.words import Visible, counted, lines, value, visible
from dcsync.watch.happenings import Failed, Gap, Joined, Lost
from dcsync.watch.tally import Tally


def news_text(happening: Joined | Lost | Gap | Failed, keys: Mapping[str, str]) -> Visible:
    """One line about a project, by its key."""
    key = keys.get(happening.project_id, happening.project_id)
    return visible(f"{key}: {_news_text(happening)}")


def _news_text(happening: Joined | Lost | Gap | Failed) -> str:
    match happening:
        case Joined():
            found = f", {events_text(happening.filled)} from the history" * bool(happening.filled)
            return f"connected after {duration_text(happening.gap_s)}{found}"
        case Lost():
            again = f"retrying in {duration_text(happening.wait_s)}"
            return f"{happening.reason}; {again}"
        case Gap():
            return _gap_text(happening)
        case Failed():
            return f"cannot be watched: {happening.error}"


def started_text(connectors: int, projects: int) -> Visible:
    return visible(f"watching {counted(connectors, 'connector')} in {counted(projects, 'project')}")


def summary(tally: Tally, seconds: float) -> Visible:
    """Events by connector and type, most first."""
    parts = [f"{events_text(tally.events)} in {duration_text(seconds)}."]
    width = max(map(len, tally.by_connector), default=0)
    for address, types in sorted(tally.by_connector.items()):
        counts = ", ".join(f"{value(each)} {count}" for each, count in types.most_common())
        parts.append(f"  {address.ljust(width)}  {counts}")
    return lines(map(visible, parts))


def flaws(tally: Tally, keys: Mapping[str, str]) -> Iterator[Visible]:
    """A line for each project of which events may be missing."""
    for gap in tally.gaps.values():
        yield visible(f"incomplete: {news_text(gap, keys)}")
    for failure in tally.failures:
        word = "failed" if tally.is_nothing_watched else "incomplete"
        yield visible(f"{word}: {news_text(failure, keys)}")


def events_text(count: int) -> str:
    return counted(count, "event")


def duration_text(seconds: float) -> str:
    """`0.4 s`, `42 s`, `3 min 20 s`, `5 h 12 min`, `3 d 4 h`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for unit, smaller, size, of_size in (
        ("d", "h", 86400, 3600),
        ("h", "min", 3600, 60),
        ("min", "s", 60, 1),
    ):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // of_size} {smaller}"
    return f"{whole} s"


def _gap_text(gap: Gap) -> str:
    return f"{duration_text(gap.seconds)} could not be filled: {gap.reason}"
