"""Renders the status as a table that fits the terminal. Prints nothing.

Where they are too few, the table gives up first what the least depends on, and says so; where that
does not help either, each connector gets lines of its own, with everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dcsync.dataclass import dataclass, replace
from dcsync.render.status.status_words import bar, drift_text, latency_text, rate_text
from dcsync.render.tables import columns, width_of
from dcsync.render.words import Style, Visible, counted, padded, row, visible
from dcsync.render.wrapping import filled, wrapped
from dcsync.watch.standing import DriftState, Health, Standing

HEAD = ("HEALTH", "CONNECTOR", "PROJECT", "STATUS", "DRIFT", "SUCCESS", "P99", "ERRORS")
_HEALTH_WIDTH = max(map(len, Health))
_INDENT = " " * (_HEALTH_WIDTH + 2)
_STYLES = {
    Health.OK: "green",
    Health.QUIET: "dim",
    Health.DRIFTED: "yellow",
    Health.DEGRADED: "yellow",
}


@dataclass(frozen=True, slots=True)
class TableLayout:
    """The columns that fit."""

    has_bars: bool = True
    is_terse: bool = False
    """Whether drift is only a number."""
    without: frozenset[str] = frozenset()
    """The omitted columns."""

    def head(self) -> tuple[str, ...]:
        return tuple(name for name in HEAD if name not in self.without)

    def cells(self, standing: Standing) -> tuple[str, ...]:
        cells = (
            str(standing.health),
            standing.address,
            standing.project_name,
            standing.status or "-",
            _terse_drift(standing) if self.is_terse else drift_text(standing),
            self._success(standing),
            latency_text(standing),
            str(standing.metrics.error_count) if standing.metrics else "",
        )
        pairs = zip(HEAD, cells, strict=True)
        return tuple(cell for name, cell in pairs if name not in self.without)

    def left_out(self, standings: Sequence[Standing]) -> str:
        """What the table omits of these standings."""
        parts = ["the fields that differ"] if self.is_terse and _have_changes(standings) else []
        if "P99" in self.without and any(each.latency_s is not None for each in standings):
            parts.append("P99")
        return " and ".join(parts)

    def fitting(self, standings: Sequence[Standing]) -> TableLayout:
        """The layout without project names, if they only repeat the addresses."""
        if any(map(_is_named, standings)):
            return self
        return replace(self, without=self.without | {"PROJECT"})

    def _success(self, standing: Standing) -> str:
        if not standing.metrics:
            return ""
        rate = standing.success_rate
        if self.is_terse and rate is None:
            return "-"
        return f"{bar(rate)} {rate_text(rate)}" if self.has_bars else rate_text(rate)


LAYOUTS = (
    TableLayout(),
    TableLayout(has_bars=False),
    TableLayout(has_bars=False, is_terse=True),
    TableLayout(has_bars=False, is_terse=True, without=frozenset({"P99"})),
)
"""The richest first."""


def table(standings: Sequence[Standing], style: Style, width: int | None) -> list[Visible]:
    """The widest table that fits; without one, several lines for each connector."""
    for layout in (each.fitting(standings) for each in LAYOUTS):
        rows = [layout.head(), *map(layout.cells, standings)]
        if width is None or all(width_of(line) <= width for line in columns(rows)):
            styles = ["bold", *(_STYLES.get(each.health, "red") for each in standings)]
            return [*columns(rows, styles, style), *_notes(layout.left_out(standings), width)]
    return [line for each in standings for line in _stacked(each, style, width)]


def _notes(left_out: str, width: int | None) -> list[Visible]:
    text = f"Omitted: {left_out}; use --format json or a wider terminal."
    return wrapped(text, width) if left_out else []


def _stacked(standing: Standing, style: Style, width: int | None) -> Iterator[Visible]:
    """The health and the address, followed by the details."""
    room = None if width is None else width - len(_INDENT)
    health = style(
        padded(visible(standing.health), _HEALTH_WIDTH), _STYLES.get(standing.health, "red")
    )
    first, *rest = wrapped(standing.address, room)
    yield row([health, first])
    for line in (*rest, *_listed(_parts(standing), room)):
        yield row([visible(_INDENT[:-2]), line])


def _listed(parts: Iterable[str], room: int | None) -> list[Visible]:
    *all_but_last, last = parts
    return filled([*(f"{each}," for each in all_but_last), last], room)


def _parts(standing: Standing) -> Iterator[str]:
    if _is_named(standing):
        yield standing.project_name
    yield standing.status or "not live"
    if standing.drift is not DriftState.NOT_LIVE:
        yield drift_text(standing)
    if standing.metrics:
        yield rate_text(standing.success_rate)
        if standing.deliveries:
            yield counted(standing.metrics.error_count, "error")
    if standing.latency_s is not None:
        yield f"p99 {latency_text(standing)}"


def _terse_drift(standing: Standing) -> str:
    count = len(standing.changes) if standing.drift is DriftState.DRIFTED else 0
    return f"{standing.drift}: {counted(count, 'field')}" if count else str(standing.drift)


def _have_changes(standings: Sequence[Standing]) -> bool:
    return any(each.drift is DriftState.DRIFTED and each.changes for each in standings)


def _is_named(standing: Standing) -> bool:
    """Whether its project has a name that its address does not already say."""
    return standing.project_name.casefold() not in {"", standing.project_key.casefold()}
