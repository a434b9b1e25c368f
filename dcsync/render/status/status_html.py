"""Renders the status as one self-contained HTML page.

Nothing is loaded from elsewhere, and everything that comes from the cloud is escaped.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from html import escape
from urllib.parse import quote

from dcsync.dataclass import dataclass
from dcsync.render.status.status_page import PAGE
from dcsync.render.status.status_script import SCRIPT
from dcsync.render.status.status_style import STEPS, STYLE
from dcsync.render.status.status_words import drift_text, latency_text, rate_text, summary
from dcsync.render.words import Visible, block, counted, value
from dcsync.watch.overview import Overview, ProjectStanding
from dcsync.watch.standing import Health, Standing

SHOWN_WHOLE = 50
"""With more connectors than this, only those with problems are shown at first."""


_NONE = "No problems: every connector that could be read is healthy or idle."


class Mood(Enum):
    """A colour: its class, its word, and its meaning. Each has its own mark."""

    BAD = ("bad", "critical", "not seen, not live, disabled, or mostly failing")
    POOR = ("poor", "warning", "some deliveries fail, or it drifted")
    GOOD = ("good", "OK", "in sync and delivering")
    IDLE = ("idle", "idle", "nothing to deliver")

    def __init__(self, css: str, word: str, meaning: str) -> None:
        self.css, self.word, self.meaning = css, word, meaning

    @property
    def is_problem(self) -> bool:
        return self in {Mood.BAD, Mood.POOR}

    @property
    def classes(self) -> str:
        """For what is only shown among everything, also that."""
        return self.css if self.is_problem else f"{self.css} fine"


_MARK = '<i class="mark"></i>'
"""Its colour and sign are those of what it stands in, whose word is beside it."""
_MOODS = {
    Health.OK: Mood.GOOD,
    Health.QUIET: Mood.IDLE,
    Health.DRIFTED: Mood.POOR,
    Health.DEGRADED: Mood.POOR,
}


def mood_of(standing: Standing) -> Mood:
    if standing.is_off and standing.health is Health.OK:
        return Mood.IDLE
    return _MOODS.get(standing.health, Mood.BAD)


def render(overview: Overview, now: datetime) -> Visible:
    """The whole page; `now` is the time of the status."""
    standings = overview.connectors
    moods = Counter(map(mood_of, standings))
    problems = sum(count for mood, count in moods.items() if mood.is_problem)
    groups = _groups(overview)
    places = {group.project_id: number for number, group in enumerate(groups)}
    longest_s = max((each.latency_s or 0.0 for each in standings), default=0.0)
    is_large = len(standings) > SHOWN_WHOLE
    return block(
        PAGE.substitute(
            style=STYLE,
            style_hash=_hash(STYLE),
            script=SCRIPT,
            script_hash=_hash(SCRIPT),
            title=f"dcsync status: {counted(problems, 'problem')}",
            moment=f"{now:%Y-%m-%d %H:%M} UTC",
            instant=f"{now:%Y-%m-%dT%H:%M:%SZ}",
            summary=_text(summary(standings)),
            unseen=_unseen(overview.projects),
            totals="\n".join(_total(mood, moods[mood]) for mood in Mood),
            problems=f"{problems:,}",
            all=f"{len(standings):,}",
            problems_checked=" checked" if is_large else "",
            all_checked="" if is_large else " checked",
            nav="" if any(group.mood.is_problem for group in groups) else ' class="clean"',
            none="" if problems else f'<p class="none">{_NONE}</p>\n',
            projects="\n".join(map(_chip, groups, range(len(groups)))),
            rows="\n".join(
                _row(each, number, places[each.project_id], longest_s)
                for number, each in enumerate(standings)
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class _MapProject:
    """A project on the map."""

    project_id: str
    title: str
    standings: Sequence[Standing]
    """The worst first."""
    is_seen: bool = True

    @property
    def mood(self) -> Mood:
        if not self.is_seen:
            return Mood.BAD
        moods = set(map(mood_of, self.standings))
        return next((mood for mood in Mood if mood in moods), Mood.IDLE)

    @property
    def problems(self) -> int:
        return sum(mood_of(each).is_problem for each in self.standings)


def _groups(overview: Overview) -> list[_MapProject]:
    """The projects, the worst first, then by name."""
    by_project: Mapping[str, list[Standing]] = defaultdict(list)
    for each in overview.connectors:
        by_project[each.project_id].append(each)
    known = {each.project_id: each for each in overview.projects}
    groups = [_group(key, known.get(key), by_project[key]) for key in {**known, **by_project}]
    order = list(Mood)
    return sorted(groups, key=lambda each: (order.index(each.mood), each.title.casefold()))


def _group(
    project_id: str, project: ProjectStanding | None, standings: Sequence[Standing]
) -> _MapProject:
    if project is None:
        return _MapProject(
            project_id, standings[0].project_name or standings[0].project_key, standings
        )
    return _MapProject(project_id, project.title, standings, is_seen=not project.trouble)


def _chip(group: _MapProject, number: int) -> str:
    """A link to the project's worst connector."""
    mood, total = group.mood, len(group.standings)
    count = f'<span class="count" aria-hidden="true">{group.problems}/{total}</span>'
    said = f"{mood.word}, {counted(group.problems, 'problem')} in {counted(total, 'connector')}"
    inner = (
        f'{_MARK}<span class="name">{_text(group.title)}</span>'
        f'{count * bool(group.problems)}<span class="vh">{said}</span>'
    )
    link = f'<a href="#{_id(group.standings[0])}">{inner}</a>' if total else f"<span>{inner}</span>"
    return f'<li class="{mood.classes}" data-p="{number}">{link}</li>'


def _total(mood: Mood, count: int) -> str:
    return (
        f'<li class="{mood.css}">{_MARK}<span><b>{count:,}</b> {mood.word}</span>'
        f"<small>{mood.meaning}</small></li>"
    )


def _unseen(projects: Sequence[ProjectStanding]) -> str:
    troubles = list(dict.fromkeys(each.trouble for each in projects if each.trouble))
    if not troubles:
        return ""
    count = sum(bool(each.trouble) for each in projects)
    items = "".join(f"<li>{_text(trouble)}</li>" for trouble in troubles)
    return (
        f'<details class="unseen"><summary>{counted(count, "project")} could not be read'
        f"</summary><ul>{items}</ul></details>\n"
    )


def _row(standing: Standing, number: int, place: int, longest_s: float) -> str:
    mood = mood_of(standing)
    head = f'<tr role="row" id="{_id(standing)}" class="{mood.classes}" data-p="{place}">'
    return "".join([head, *_cells(standing, number, longest_s), "</tr>"])


def _cells(standing: Standing, number: int, longest_s: float) -> Iterator[str]:
    rate, latency_s = standing.success_rate, standing.latency_s
    errors = str(standing.metrics.error_count) if standing.metrics else ""
    yield (
        f'<td role="cell" class="health" data-v="{number}">{_MARK}{_text(standing.health)}'
        f"<small>{_text(standing.status or 'not live')}</small></td>"
    )
    yield f'<th role="rowheader" scope="row">{_text(standing.address)}{_beside(standing)}</th>'
    yield f'<td role="cell">{_text(drift_text(standing))}</td>'
    yield (
        f'<td role="cell" class="measure" data-v="{2.0 if rate is None else rate}">'
        f"{_bar(rate, 'success')}{rate_text(rate) if standing.metrics else ''}</td>"
    )
    yield (
        f'<td role="cell" class="measure latency" data-v="{latency_s or 0}">'
        f"{_bar(_share(latency_s, longest_s), 'latency')}{latency_text(standing)}</td>"
    )
    yield f'<td role="cell" class="number errors" data-v="{errors or -1}">{errors}</td>'


def _beside(standing: Standing) -> str:
    """Its other names, and why it could not be read."""
    names = dict.fromkeys(filter(None, (standing.display_name, standing.project_name)))
    trouble = f'<p class="trouble">{_text(standing.trouble)}</p>' if standing.trouble else ""
    return f"<small>{_text(' · '.join(names))}</small>{trouble}"


def _bar(share: float | None, kind: str) -> str:
    """In steps, so that it needs no style of its own; full and empty only where it is."""
    if share is None:
        return ""
    step = round(share * STEPS)
    step = min(max(step, 1), STEPS - 1) if 0 < share < 1 else min(max(step, 0), STEPS)
    return f'<span class="bar {kind}" aria-hidden="true"><i class="w{step}"></i></span>'


def _share(latency_s: float | None, longest_s: float) -> float | None:
    return latency_s / longest_s if latency_s and longest_s else None


def _id(standing: Standing) -> str:
    """Its id on the page, stable across pages."""
    return quote(value(standing.address), safe="/~")


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _text(text: str) -> str:
    return escape(value(text))
