"""Where commands print: results on standard output, all else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from dcsync.errors import OutputError
from dcsync.render import words
from dcsync.render.words import Annotations, Style, Visible, guarded, plain

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
    """The two streams of a command and how it may use them."""

    out: TextIO
    err: TextIO
    style: Style = plain
    err_style: Style = plain
    quiet: bool = False
    verbosity: int = 0

    @classmethod
    def of(cls, color: str, *, quiet: bool, verbosity: int) -> Console:
        """The process's own streams."""

        def style(stream: TextIO) -> Style:
            return colored if wants_color(color, stream, os.environ) else plain

        return cls(sys.stdout, sys.stderr, style(sys.stdout), style(sys.stderr), quiet, verbosity)

    def result(self, text: Visible) -> None:
        """Print what was asked for, at once, so that a pipe sees it."""
        self.write(text)
        self.flush()

    def write(self, text: Visible) -> None:
        """Print some lines of it, which may wait for `flush`."""
        with _told():
            self.out.write(f"{guarded(text)}\n")

    def flush(self) -> None:
        """Let a pipe see what was written."""
        with _told():
            self.out.flush()

    def note(self, text: Visible) -> None:
        """Print progress and explanations, unless `--quiet`."""
        if not self.quiet:
            self.problem(text)

    def problem(self, text: Visible) -> None:
        """Print a warning or an error, even when quiet."""
        print(guarded(text), file=self.err, flush=True)

    def annotate(self, commands: Annotations) -> None:
        """Print commands for GitHub's runner: nothing else may begin a line as they do."""
        print(commands, file=self.err, flush=True)

    def ask(self, question: Visible) -> bool:
        """Whether a person types `yes`; False where nobody can answer."""
        if not sys.stdin.isatty():
            return False
        print(guarded(question), end=" ", file=self.err, flush=True)
        return sys.stdin.readline().strip() == "yes"


@contextmanager
def _told() -> Iterator[None]:
    """OutputError for what cannot be written; BrokenPipeError stays: nobody reads any more."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: {error.strerror}") from None
