"""Where commands print: results on standard output, all else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO, cast

from dcsync.render import words
from dcsync.render.words import Annotations, Style, Visible, guarded, plain
from dcsync.session.sink import Sink
from dcsync.session.width import width_of

_SGR = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "cyan": 36, "dim": 2, "bold": 1}


def colored(text: Visible, style: str) -> Visible:
    """A Style with the terminal's own palette."""
    return words.colored(text, _SGR[style])


def wants_color(choice: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """`--color` first, then NO_COLOR and FORCE_COLOR, else only on a terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or stream.isatty()


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of a command and how it may use them. Printing never raises."""

    out: TextIO
    err: TextIO
    sinks: tuple[Sink, Sink]
    """Where the two lead in the end."""
    style: Style = plain
    err_style: Style = plain
    quiet: bool = False
    verbosity: int = 0

    @classmethod
    def of(cls, color: str, *, quiet: bool = False, verbosity: int = 0) -> Console:
        """The process's own streams."""

        def style(stream: TextIO) -> Style:
            return colored if wants_color(color, stream, os.environ) else plain

        sinks = Sink.of(sys.stdout), Sink.of(sys.stderr)
        out, err = (cast("TextIO", each) for each in sinks)
        return cls(out, err, sinks, style(out), style(err), quiet, verbosity)

    def result(self, text: Visible) -> None:
        """Print what was asked for, at once, so that a pipe sees it."""
        self.write(text)
        self.flush()

    def write(self, text: Visible) -> None:
        """Print some lines of it, which may wait for `flush`."""
        self.out.write(f"{guarded(text)}\n")

    def flush(self) -> None:
        """Let a pipe see what was written."""
        self.out.flush()

    @property
    def width(self) -> int | None:
        """Columns that a line of a result may have; None for any number."""
        return width_of(self.out, os.environ)

    @property
    def is_cut(self) -> bool:
        """Whether results reach nobody any more: what runs until it is told to stop, may stop."""
        return self.sinks[0].is_cut

    @property
    def failure(self) -> str:
        """Why not all results were written; "" where all were, or where nobody reads them."""
        return self.sinks[0].failure

    def note(self, text: Visible) -> None:
        """Print progress and explanations, unless `--quiet`."""
        if not self.quiet:
            self.problem(text)

    def problem(self, text: Visible) -> None:
        """Print a warning or an error, even when quiet."""
        self._say(f"{guarded(text)}\n")

    def annotate(self, commands: Annotations) -> None:
        """Print commands for GitHub's runner: nothing else may begin a line as they do."""
        self._say(f"{commands}\n")

    def ask(self, question: Visible) -> bool:
        """Whether a person types `yes`; False where nobody can answer."""
        return self.answer(question) == "yes"

    def answer(self, question: Visible) -> str:
        """What a person types; "" where nobody can answer, or read what the question is about."""
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            return ""
        self._say(f"{guarded(question)} ")
        if any(sink.is_cut for sink in self.sinks):
            return ""
        try:
            return sys.stdin.readline().strip()
        except (OSError, ValueError):  # the terminal is gone, or sends what is no text
            return ""

    def _say(self, text: str) -> None:
        self.err.write(text)
        self.err.flush()
