"""Where commands print: results on standard output, all else on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from dcsync.errors import OutputError

Style = Callable[[str, str], str]

_SGR = {"red": 31, "green": 32, "yellow": 33, "blue": 34, "cyan": 36, "dim": 2, "bold": 1}


def colored(text: str, style: str) -> str:
    """`text` in a colour of the terminal's own palette."""
    return f"\033[{_SGR[style]}m{text}\033[0m"


def plain(text: str, style: str) -> str:  # noqa: ARG001 - the signature of `colored`
    """`text` as it is."""
    return text


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

    def result(self, text: str) -> None:
        """Print what was asked for, at once, so that a pipe sees it."""
        self.write(f"{text}\n")
        self.flush()

    def write(self, text: str) -> None:
        """Print a part of it, which may wait for `flush`."""
        with _told():
            self.out.write(text)

    def flush(self) -> None:
        """Let a pipe see what was written."""
        with _told():
            self.out.flush()

    def note(self, text: str) -> None:
        """Print progress and explanations, unless `--quiet`."""
        if not self.quiet:
            print(text, file=self.err, flush=True)

    def problem(self, text: str) -> None:
        """Print a warning or an error, even when quiet."""
        print(text, file=self.err, flush=True)

    def ask(self, question: str) -> bool:
        """Whether a person types `yes`; False where nobody can answer."""
        if not sys.stdin.isatty():
            return False
        print(question, end=" ", file=self.err, flush=True)
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
