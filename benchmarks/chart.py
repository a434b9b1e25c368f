"""The rows that have a target as one SVG: how much of what is allowed each takes.

Stands alone: no script, no font from elsewhere; light or dark as the page that shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benchmarks.row import Row
from benchmarks.table import quantity

WIDTH = 760
_TOP, _ROW, _BAR = 58, 38, 10
_LIMIT = 600
"""Where a bar ends that takes all that is allowed; a longer one ends at the edge at the latest."""

_STYLE = """\
text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.quiet { fill: #59636e }
.missed { font-weight: 600 }
.track { fill: #e6eaef } .bar { fill: #0969da } .over { fill: #bc4c00 }
.limit { stroke: #59636e; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 }
  .track { fill: #262c36 } .bar { fill: #4493f8 } .over { fill: #f0883e }
  .limit { stroke: #9198a1 }
}"""


def chart_of(rows: Sequence[Row]) -> str:
    """The picture; rows without a target are not in it."""
    judged = [row for row in rows if row.share is not None]
    height = _TOP + _ROW * len(judged) + 4
    title = "What each measure takes of its limit"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
            f' width="{WIDTH}" height="{height}" role="img">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            f'<text class="title" x="0" y="18">{title}</text>',
            '<text class="quiet" x="0" y="38">shorter is better</text>',
            f'<text class="quiet" x="{_LIMIT}" y="38" text-anchor="middle">the limit</text>',
            *(line for place, row in enumerate(judged) for line in _bar(row, _TOP + _ROW * place)),
            f'<path class="limit" d="M{_LIMIT} 44V{height}"/>',
            "</svg>",
            "",
        ]
    )


def _bar(row: Row, top: int) -> list[str]:
    """A row's name and figure, and below them its bar."""
    length = min((row.share or 0) * _LIMIT, WIDTH)
    kind = "bar" if row.reached else "over"
    baseline, bar = top + 12, top + 18
    figure = "" if row.reached else ' class="missed"'
    return [
        f'<text x="0" y="{baseline}">{escape(row.name)}</text>',
        f'<text x="{WIDTH}" y="{baseline}" text-anchor="end"{figure}>{_figure(row)}</text>',
        f'<rect class="track" x="0" y="{bar}" width="{WIDTH}" height="{_BAR}" rx="2"/>',
        f'<rect class="{kind}" x="0" y="{bar}" width="{length:.0f}" height="{_BAR}" rx="2"/>',
    ]


def _figure(row: Row) -> str:
    """What was reached and the limit: `2.35 of 3 ×`."""
    if row.most_ratio is not None:
        return f"{row.ratio:.2f} of {row.most_ratio:.3g} ×"
    assert row.value is not None
    assert row.most_value is not None
    return f"{row.value:.3g} of {quantity(row.most_value, row.unit)}"
