"""Rows as aligned columns, or as a Markdown table. Returns strings, prints nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from dcsync.render.words import Style, Visible, block, padded, plain, row, value, visible

_PUNCTUATION = r"([\\`*_{}\[\]<>()#+\-.!~@&:$])"
_LINKED = r"[^\w \-.,/%()=+…]|www\.|GH-\d"
"""What GitHub and GitLab make mentions, references and links of, escaped or not; never in code."""


def columns(
    rows: Sequence[Sequence[str]], styles: Sequence[str] = (), style: Style = plain
) -> Iterator[Visible]:
    """Each row with its cells below those of the others; `styles` has one for each first cell,
    "" for none.
    """
    shown = [[value(cell) for cell in cells] for cells in rows]
    widths = [max(map(width_of, column)) for column in zip(*shown, strict=True)]
    for number, cells in enumerate(shown):
        first, *rest = (_padded(cell, width) for cell, width in zip(cells, widths, strict=True))
        if styles and styles[number]:
            first = style(first, styles[number])
        yield row([first, *rest])


def shorten(text: str, width: int) -> str:
    """Its beginning, where it is longer than `width` characters."""
    return text if len(text) <= width else text[: width - 1] + "…"


def width_of(text: str) -> int:
    """Columns of a terminal that the characters take: two for wide ones, none for accents."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def _columns_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _padded(cell: Visible, width: int) -> Visible:
    return padded(cell, width + len(cell) - width_of(cell))


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Visible:
    """A table whose cells cannot be anything but what they say."""
    table = [head, ["---"] * len(head), *([escaped(cell) for cell in cells] for cells in rows)]
    return block("\n".join(f"| {' | '.join(cells)} |" for cells in table))


def escaped(text: str) -> Visible:
    """The string as it is, whatever Markdown and what is built on it make of its characters."""
    shown = value(text)
    literal = re.sub(_PUNCTUATION, r"\\\1", shown).replace("|", "&#124;")
    return visible(f"<code>{literal}</code>" if re.search(_LINKED, shown) else literal)
