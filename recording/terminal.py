"""Runs a command in a pseudo-terminal and records each row and when it appeared."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyte

COLUMNS, ROWS = 104, 19
_QUESTION = b"approve:"
_THINKING_S = 0.9
"""How long a user reads a prompt before responding to it."""


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one look, from a column on; `look` has the names of CSS classes."""

    column: int
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the screen as it was at the end, and when it first was so."""

    row: int
    at_s: float
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        found = ""
        for span in self.spans:
            found = found.ljust(span.column) + span.text
        return found


def run(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    *,
    first_row: int = 0,
    answer: str = "",
    sleep: Callable[[float], None] = time.sleep,
) -> list[Line]:
    """The rows from `first_row` on; `answer` is typed when the command prompts."""
    screen = pyte.Screen(COLUMNS, ROWS)
    screen.cursor_position(first_row + 1, 1)
    stream = pyte.ByteStream(screen)
    began = time.monotonic()
    seen: dict[int, tuple[float, tuple[Span, ...]]] = {}
    for piece in _pieces(command, folder, environ, answer, sleep):
        stream.feed(piece)
        for row in range(first_row, ROWS):
            spans = tuple(_spans(screen.buffer[row]))
            if seen.get(row, (0.0, ()))[1] != spans:
                seen[row] = time.monotonic() - began, spans
    if screen.cursor.y == ROWS - 1:
        raise SystemExit(f"{command[-1]} fills the screen: its first rows would be lost")
    return [Line(row, at_s, spans) for row, (at_s, spans) in sorted(seen.items()) if spans]


def _pieces(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    answer: str,
    sleep: Callable[[float], None],
) -> Iterator[bytes]:
    """What a command writes to its terminal; the answer is typed once it prompts."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environ, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        while piece := _read(ours):
            yield piece
            if answer and _QUESTION in piece:
                sleep(_THINKING_S)
                os.write(ours, answer.encode())
                answer = ""
    finally:
        os.close(ours)
        process.wait(timeout=30)


def _read(terminal: int) -> bytes:
    """The next bytes; none once the command has gone, which Linux says by an error."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""


def _spans(row: Mapping[int, pyte.screens.Char]) -> Iterator[Span]:
    """The characters of a row, those of one look together; blanks at its end are none."""
    cells = [row[column] for column in range(COLUMNS)]
    end = max((at for at, cell in enumerate(cells, 1) if cell.data.strip()), default=0)
    for look, group in groupby(enumerate(cells[:end]), key=lambda pair: _look(pair[1])):
        pairs = list(group)
        yield Span(pairs[0][0], "".join(cell.data for _, cell in pairs), look)


def _look(cell: pyte.screens.Char) -> str:
    """The classes of a character: its colour, and whether it is bold."""
    colour = "" if cell.fg == "default" or not cell.data.strip() else cell.fg
    return " ".join(filter(None, (colour, "bold" if cell.bold and cell.data.strip() else "")))
