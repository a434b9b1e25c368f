"""Breaks text into lines that a terminal does not wrap. Prints nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dcsync.render.tables import width_of
from dcsync.render.words import Visible, value, visible


def wrapped(text: str, width: int | None, indent: str = "") -> list[Visible]:
    """Lines of at most so many columns, broken between words; None leaves it whole. All but the
    first begin with the indent.
    """
    return filled(text.split(" "), width, indent)


def filled(parts: Sequence[str], width: int | None, indent: str = "") -> list[Visible]:
    """The same, broken between these parts; in one of them only where it is too wide for a line."""
    whole = visible(" ".join(parts))
    if width is None or width_of(whole) <= width:
        return [whole]
    found, line = [], ""
    for part in _fitting(map(value, parts), width - len(indent)):
        if line and width_of(line) + 1 + width_of(part) > width:
            found.append(line)
            line = f"{indent}{part}"
        else:
            line = f"{line} {part}" if line else part
    return [visible(each) for each in (*found, line)]


def clauses(text: str) -> list[str]:
    """A sentence in the parts that it should be broken between."""
    return re.split(r"(?<=[,;]) ", text)


def _fitting(parts: Iterable[str], width: int) -> Iterator[str]:
    """Parts that fit: those that do not as their words, and those of the words cut up."""
    for part in parts:
        if width_of(part) <= width:
            yield part
        elif " " in part:
            yield from _fitting(part.split(" "), width)
        else:
            yield from _cut(part, width)


def _cut(word: str, width: int) -> Iterator[str]:
    part = ""
    for char in word:
        if width_of(part) + width_of(char) > width:
            yield part
            part = ""
        part += char
    yield part
