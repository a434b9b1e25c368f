"""Where commands print: results to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO, cast

from dcsync.dataclass import dataclass
from dcsync.render import words
from dcsync.render.words import Annotations, Style, Visible, guarded, plain
from dcsync.session.output.sink import Sink

NARROWEST = 40

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


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """The columns of the terminal, or of COLUMNS; None if lines are not wrapped."""
    said = environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    if not columns and stream.isatty():
        import shutil  # only terminals need it

        columns = shutil.get_terminal_size().columns
    return max(columns, NARROWEST) if columns else None


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of a command and its output settings. Printing never raises."""

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
        """For the process's own streams."""

        def style(stream: TextIO) -> Style:
            return colored if wants_color(color, stream, os.environ) else plain

        sinks = Sink.of(sys.stdout), Sink.of(sys.stderr)
        out, err = (cast("TextIO", each) for each in sinks)
        return cls(out, err, sinks, style(out), style(err), quiet, verbosity)

    def result(self, text: Visible) -> None:
        """Print a result and flush it, so that a pipe sees it."""
        self.write(text)
        self.flush()

    def result_in_pieces(self, pieces: Iterable[Visible]) -> None:
        """The same for one that is too large to be held as a whole."""
        for piece in pieces:
            self.out.write(guarded(piece))
        self.out.write("\n")
        self.flush()

    def write(self, text: Visible) -> None:
        """Print lines of a result without flushing."""
        self.out.write(f"{guarded(text)}\n")

    def flush(self) -> None:
        """Flush what was written."""
        self.out.flush()

    @property
    def width(self) -> int | None:
        """Maximum number of columns of a result; None for no limit."""
        return width_of(self.out, os.environ)

    @property
    def is_cut(self) -> bool:
        """Whether results are no longer read, so that a command that runs until stopped may
        stop."""
        return self.sinks[0].is_cut

    @property
    def failure(self) -> str:
        """Why not all results were written; "" if all were, or if the reader is gone."""
        return self.sinks[0].failure

    def note(self, text: Visible) -> None:
        """Print progress and explanations, unless `--quiet`."""
        if not self.quiet:
            self.problem(text)

    def problem(self, text: Visible) -> None:
        """Print a warning or an error, even with `--quiet`."""
        self._say(f"{guarded(text)}\n")

    def annotate(self, commands: Annotations) -> None:
        """Print commands for GitHub's runner: no other line may begin like them."""
        self._say(f"{commands}\n")

    def ask(self, question: Visible) -> bool:
        """Whether the user types `yes`; False without a terminal."""
        return self.prompt(question) == "yes"

    def prompt(self, question: Visible) -> str:
        """What the user types; "" without a terminal, or if the prompt was not shown."""
        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            return ""
        self._say(f"{guarded(question)} ")
        if any(sink.is_cut for sink in self.sinks):
            return ""
        try:
            return sys.stdin.readline().strip()
        except (OSError, ValueError):  # the terminal is gone, or sends invalid bytes
            return ""

    def _say(self, text: str) -> None:
        self.err.write(text)
        self.err.flush()
