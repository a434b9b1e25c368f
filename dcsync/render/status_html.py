"""How the declared connectors stand, as one self-contained page for a person to look at or share.

Nothing is loaded from elsewhere, and everything that comes from the cloud is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby

from dcsync.render.status_page import PAGE
from dcsync.render.status_words import drift_text, latency_text, rate_text, summary
from dcsync.render.words import Visible, block, value
from dcsync.watch.overview import Overview
from dcsync.watch.standing import Health, Standing


def render(overview: Overview, now: datetime) -> Visible:
    """The whole page; `now` is when it was true."""
    standings = overview.connectors
    longest_s = max((each.latency_s or 0.0 for each in standings), default=0.0)
    return block(
        PAGE.substitute(
            moment=f"{now:%Y-%m-%d %H:%M} UTC",
            summary=_text(summary(standings)),
            projects="\n".join(_projects(standings)),
            rows="\n".join(_row(each, number, longest_s) for number, each in enumerate(standings)),
        )
    )


_COLORS = {
    Health.OK: "good",
    Health.QUIET: "idle",
    Health.DRIFTED: "poor",
    Health.DEGRADED: "poor",
}


def health(standing: Standing) -> str:
    """The class that colours it."""
    if standing.is_off and standing.health is Health.OK:
        return "idle"
    return _COLORS.get(standing.health, "bad")


def _projects(standings: Sequence[Standing]) -> list[str]:
    """The map: a tile for each project, a cell for each of its connectors."""
    in_order = sorted(standings, key=lambda each: (each.project_key, each.address))
    return [_project(key, list(group)) for key, group in groupby(in_order, _project_key)]


def _project(key: str, standings: Sequence[Standing]) -> str:
    cells = "".join(
        f'<a class="cell {health(each)}" href="#{_text(each.address)}"'
        f' title="{_text(f"{each.address}: {_state(each)}")}"></a>'
        for each in standings
    )
    return f'<div class="tile"><h3>{_text(key)}</h3><div class="cells">{cells}</div></div>'


def _row(standing: Standing, number: int, longest_s: float) -> str:
    rate, latency_s = standing.success_rate, standing.latency_s
    errors = standing.metrics.error_count if standing.metrics else 0
    trouble = f"<p>{_text(standing.trouble)}</p>" if standing.trouble else ""
    rate_shown = rate_text(rate) if standing.metrics else ""
    return (
        f'<tr id="{_text(standing.address)}">'
        f'<td data-v="{number}"><span class="dot {health(standing)}"></span>'
        f"{_text(standing.health)}<small>{_text(standing.status or 'not live')}</small></td>"
        f"<th scope=row>{_text(standing.address)}<small>{_text(standing.display_name)}</small></th>"
        f'<td data-v="{_text(str(standing.drift))}">{_text(drift_text(standing))}{trouble}</td>'
        f'<td class=measure data-v="{2.0 if rate is None else rate}">{_bar(rate, "success")}'
        f"{rate_shown}</td>"
        f'<td class=measure data-v="{latency_s or 0}">'
        f"{_bar(_share(latency_s, longest_s), 'latency')}{latency_text(standing)}</td>"
        f'<td data-v="{errors}" class=number>{errors}</td></tr>'
    )


def _bar(share: float | None, kind: str) -> str:
    if share is None:
        return ""
    return f'<span class="bar {kind}"><i style="width:{share * 100:.1f}%"></i></span>'


def _share(latency_s: float | None, longest_s: float) -> float | None:
    return latency_s / longest_s if latency_s and longest_s else None


def _state(standing: Standing) -> str:
    rate = rate_text(standing.success_rate) if standing.metrics else "no metrics"
    return f"{standing.health}, {standing.status or 'not live'}, {standing.drift}, {rate}"


def _project_key(standing: Standing) -> str:
    return standing.project_key


def _text(text: str) -> str:
    return escape(value(text))
