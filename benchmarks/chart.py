"""The rows that hold dcsync against what people use instead, as one SVG of bars.

Stands alone: no script, no font from elsewhere; light or dark as the page that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from benchmarks.row import Row
from benchmarks.table import quantity

WIDTH = 760
INSTEAD = ("official SDK", "terraform plan", "requests.post")
"""What people use: a row that is held against one of these is in the picture."""
_SHORTER = {
    "a script on the official SDK that lists the same project": "SDK script that lists it",
    "a script on the official SDK": "SDK script",
    "terraform plan of as many terraform_data": "terraform plan, without an API",
    "requests.post of the same lines": "requests.post in a loop",
    "requests.post of as many lines": "requests.post in a loop",
}
_TOP, _HEAD, _BAR, _GAP = 48, 26, 24, 18
_LEFT, _LONGEST = 240, 430

_STYLE = """\
text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 15px }
.ours { font-weight: 600 }
.quiet { fill: #59636e }
.other { fill: #afb8c1 } .bar { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .quiet { fill: #9198a1 }
  .other { fill: #656c76 } .bar { fill: #4493f8 }
}"""


def chart_of(rows: Sequence[Row]) -> str:
    """The picture; a group for each measure, in each the longest bar as long as there is room."""
    compared = [row for row in rows if row.reference and _is_instead(row)]
    lines, top = [], _TOP
    for name, group in groupby(compared, key=lambda row: row.name):
        found = list(group)
        lines.append(f'<text x="0" y="{top + 14}">{escape(name)}</text>')
        lines.extend(_bars(found, top + _HEAD))
        top += _HEAD + _BAR * (1 + len(found)) + _GAP
    title = "dcsync and what is used instead"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}"'
            f' width="{WIDTH}" height="{top}" role="img">',
            f"<title>{title}</title>",
            f"<style>{_STYLE}</style>",
            f'<text class="title" x="0" y="18">{title}</text>',
            '<text class="quiet" x="0" y="36">shorter is better</text>',
            *lines,
            "</svg>",
            "",
        ]
    )


def _is_instead(row: Row) -> bool:
    return row.value is not None and any(each in row.against for each in INSTEAD)


def _bars(rows: Sequence[Row], top: int) -> Iterator[str]:
    """dcsync's bar, then each other's."""
    first = rows[0]
    bars = [("dcsync", first.value or 0.0, "bar")]
    bars += [(row.against, row.reference or 0.0, "other") for row in rows]
    longest = max(value for _, value, _ in bars)
    for place, (name, value, kind) in enumerate(bars):
        at, length = top + _BAR * place, max(2, round(value / longest * _LONGEST))
        look = ' class="ours"' if kind == "bar" else ""
        right, end = _LEFT - 10, _LEFT + length + 8
        figure, label = quantity(value, first.unit), escape(_short(name))
        yield f'<text{look} x="{right}" y="{at + 13}" text-anchor="end">{label}</text>'
        yield f'<rect class="{kind}" x="{_LEFT}" y="{at + 1}" width="{length}" height="16" rx="2"/>'
        yield f'<text{look} x="{end}" y="{at + 13}">{figure}</text>'


def _short(name: str) -> str:
    """As it fits beside its bar; the table has it whole."""
    for long, short in _SHORTER.items():
        name = name.replace(long, short)
    return name
