"""An ArgumentParser in the tool's own words."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from typing import Never

from dcsync.errors import CommandLineError


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are CommandLineErrors that name the nearest right word."""

    words: Sequence[str] = ()
    """What may stand here beside the options: the commands."""

    def error(self, message: str) -> Never:
        hint = f"{message}{self._hint(message)}"
        raise CommandLineError(hint, below=[f"Try '{self.prog} --help'."])

    def _hint(self, message: str) -> str:
        known = (*self.words, *self._option_string_actions)
        typed = re.split(r"['=:/,\s]+", message)
        near = [
            match
            for word in typed
            if word not in known
            for match in difflib.get_close_matches(word, known, 1, 0.7)
        ]
        return f" (did you mean {near[0]}?)" if near else ""


def describe(parser: argparse.ArgumentParser, purpose: str, examples: str) -> None:
    parser.description = purpose
    parser.epilog = f"examples:\n{examples}"
