"""Rows of text as aligned columns, or as a Markdown table. Returns strings, prints nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dcsync.render.words import Style, plain, visible

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~@&:])")


def columns(
    rows: Sequence[Sequence[str]], styles: Sequence[str] = (), style: Style = plain
) -> Iterator[str]:
    """Each row with its cells below those of the others; `styles` has one for each first cell."""
    shown = [[visible(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for number, row in enumerate(shown):
        first, *rest = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        if styles:
            first = style(first, styles[number])
        yield "  ".join([first, *rest]).rstrip()


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose cells cannot be anything but text."""
    lines = [head, ["---"] * len(head), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    """The text as it is, whatever Markdown makes of its characters."""
    return _MARKDOWN.sub(r"\\\1", visible(text))
