"""The canonical layout of YAML: the indentation of lines and the spaces between tokens.

Changes only whitespace; quoting, comments and the order of lines stay.
"""

from __future__ import annotations

from typing import Any

import yaml

from dcsync.dataclass import dataclass, field
from dcsync.declare.strict_yaml.reader import LOADER

INDENT = 2

_OPENING = (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
_BLOCKS = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken)
_NO_GAP_BEFORE = (yaml.FlowEntryToken, yaml.ValueToken, *_CLOSING)
_ONE_SPACE_AFTER = (
    yaml.FlowEntryToken,
    yaml.ValueToken,
    yaml.BlockEntryToken,
    yaml.KeyToken,
    yaml.AnchorToken,
    yaml.TagToken,
)
_KEEPS_GAP_AFTER = (
    yaml.AliasToken,
    yaml.AnchorToken,
    yaml.TagToken,
    yaml.ValueToken,
    yaml.KeyToken,
    yaml.DocumentStartToken,
)


@dataclass(slots=True)
class _Collection:
    """An open block collection and its new column; a `bare` sequence is not indented below its
    key."""

    column: int
    is_mapping: bool
    bare: bool = False


@dataclass(slots=True)
class Layout:
    """The changes of each line: its indentation, and the spaces between its tokens."""

    columns: dict[int, int] = field(default_factory=dict)
    """Line to new column, for lines that begin an entry or a value."""
    gaps: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """Line to (start, end, replacement), from left to right."""
    inside: set[int] = field(default_factory=set)
    """Lines inside a multi-line string, where blank lines matter."""
    content: set[int] = field(default_factory=set)
    """Lines with more than a comment."""


def layout_of(text: str) -> Layout:
    """The layout changes of a valid YAML file."""
    return _TokenReader().read(text)


def apply_layout(text: str, layout: Layout) -> list[str]:
    """The lines with their new indentation and spacing, in the same order."""
    lines = text.split("\n")
    shifts = _shifts(lines, layout)
    return [_line(line, number, shifts[number], layout) for number, line in enumerate(lines)]


class _TokenReader:
    """Follows the parser's tokens and records where each line belongs."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.open: list[_Collection] = []
        self.flow_depth = 0

    def read(self, text: str) -> Layout:
        previous: Any = None
        is_key = False
        for token in yaml.scan(text, Loader=LOADER):
            self._nest(token)
            if token.start_mark.index == token.end_mark.index:  # a token without characters
                is_key = is_key or isinstance(token, yaml.KeyToken)
                continue
            first, last = token.start_mark.line, _last_line(token)
            if previous is None or previous.end_mark.line != first:
                self._begin_line(token, is_key=is_key)
            else:
                self._gap(previous, token)
            self.layout.content.update(range(first, last + 1))
            self.layout.inside.update(range(first + 1, last + 1))
            self.flow_depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            previous, is_key = token, False
        return self.layout

    def _nest(self, token: Any) -> None:
        if self.flow_depth:
            return
        if isinstance(token, _BLOCKS):
            is_mapping = isinstance(token, yaml.BlockMappingStartToken)
            self.open.append(_Collection(self._inner_column(), is_mapping))
        elif isinstance(token, yaml.BlockEntryToken) and self.open and self.open[-1].is_mapping:
            self.open.append(_Collection(self._inner_column(), is_mapping=False, bare=True))
        elif isinstance(token, yaml.KeyToken | yaml.BlockEndToken):
            if self.open and self.open[-1].bare:
                self.open.pop()
            if isinstance(token, yaml.BlockEndToken):
                self.open.pop()

    def _inner_column(self) -> int:
        return self.open[-1].column + INDENT if self.open else 0

    def _begin_line(self, token: Any, *, is_key: bool) -> None:
        if self.flow_depth:
            return
        begins_entry = is_key or isinstance(token, yaml.BlockEntryToken | yaml.KeyToken)
        if self.open and (begins_entry or isinstance(token, yaml.ValueToken)):
            column = self.open[-1].column
        else:
            column = self._inner_column()
        self.layout.columns[token.start_mark.line] = column

    def _gap(self, previous: Any, token: Any) -> None:
        start, end = previous.end_mark.column, token.start_mark.column
        wanted = _wanted_gap(previous, token)
        if wanted is not None and end - start != len(wanted):
            gaps = self.layout.gaps.setdefault(token.start_mark.line, [])
            gaps.append((start, end, wanted))


def _last_line(token: Any) -> int:
    """A block scalar ends where the next line begins."""
    first, end = int(token.start_mark.line), token.end_mark
    return max(first, int(end.line) - int(end.column == 0))


def _wanted_gap(previous: Any, token: Any) -> str | None:
    """What should be between two tokens of a line; None to leave it."""
    if isinstance(token, _NO_GAP_BEFORE):
        return None if isinstance(previous, _KEEPS_GAP_AFTER) else ""
    if isinstance(previous, _OPENING):
        return ""
    return " " if isinstance(previous, _ONE_SPACE_AFTER) else None


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _shifts(lines: list[str], layout: Layout) -> list[int]:
    """How far each line moves. A comment moves with the line below if it is indented like it."""
    shifts: list[int] = []
    following = _following(lines, layout)
    for number, line in enumerate(lines):
        before = shifts[-1] if shifts else 0
        below = following[number]
        if number in layout.columns:
            shifts.append(layout.columns[number] - _indentation(line))
        elif number not in layout.content and below is not None:
            stands_like_it = _indentation(line) == _indentation(lines[below])
            moves = layout.columns.get(below, 0) - _indentation(lines[below])
            shifts.append(moves if stands_like_it and below in layout.columns else before)
        else:
            shifts.append(before)
    return shifts


def _following(lines: list[str], layout: Layout) -> list[int | None]:
    """For each line the next line below that has content."""
    following: list[int | None] = []
    below: int | None = None
    for number in reversed(range(len(lines))):
        following.append(below)
        below = number if number in layout.content else below
    return following[::-1]


def _line(line: str, number: int, shift: int, layout: Layout) -> str:
    is_inside = number in layout.inside
    if not is_inside and not line.strip():
        return ""
    indentation = max(0, _indentation(line) + shift)
    for start, end, gap in reversed(layout.gaps.get(number, [])):
        line = line[:start] + gap + line[end:]
    moved = " " * indentation + line.lstrip(" ")
    return moved if is_inside else moved.rstrip()
