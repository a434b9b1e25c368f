"""An ArgumentParser in the tool's own words."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Never

from dcsync.arguments.habits import REQUIRED
from dcsync.errors import CommandLineError
from dcsync.masked import masked_words

_CHOICE = r"argument (?P<name>\S+): invalid choice: '(?P<typed>.*)' \(choose from .*\)"

MOST_OWNERS = 3
"""Commands that are named where an option is theirs."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are CommandLineErrors that name the nearest right word."""

    words: Sequence[str] = ()
    """What may stand here beside the options: the commands."""

    def error(self, message: str) -> Never:
        command = self.prog.rpartition(" ")[2]
        choice = re.fullmatch(_CHOICE, message)
        if message.startswith("the following arguments are required") and command in REQUIRED:
            message = REQUIRED[command]
        elif choice and choice["name"] == "COMMAND":
            message = f"no command {choice['typed']!r}{_nearest(choice['typed'], self.words)}"
        elif choice:
            message += _nearest(choice["typed"], self._choices_of(choice["name"]))
        raise CommandLineError(masked_words(message), below=[f"Try '{self.prog} --help'."])

    def refuse(self, unknown: Sequence[str], commands: Mapping[str, Parser]) -> Never:
        """What this command does not take: which commands do, else the nearest word of its own."""
        name = unknown[0].partition("=")[0]
        others = [other for other, each in commands.items() if name in each._option_string_actions]
        hint = _nearest(name, self._option_string_actions)
        if not name.startswith("-"):
            hint = _ways(self.prog.rpartition(" ")[2], name)
        elif others:
            hint = f" ({_owned_by(others)})"
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")

    def _choices_of(self, name: str) -> list[str]:
        options = self._option_string_actions
        actions = [options[each] for each in name.split("/") if each in options]
        return [str(choice) for each in actions for choice in each.choices or ()]


def _owned_by(commands: Sequence[str]) -> str:
    *most, last = commands
    if len(commands) > MOST_OWNERS:
        return "other commands have it"
    return f"{', '.join(most)} and {last} have it" if most else f"only {last} has it"


def _ways(command: str, word: str) -> str:
    """What a word that is no option may have been meant for."""
    if command == "import":
        return f" (did you mean -p {word}?)"
    return f" (did you mean --port {word}?)" if word.isdecimal() else ""


def _nearest(typed: str, known: Iterable[str]) -> str:
    import difflib  # only mistakes need it

    folded = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(typed.casefold(), list(folded), 1, 0.75)
    return f" (did you mean {folded[found[0]]}?)" if found else ""


def describe(parser: argparse.ArgumentParser, purpose: str, examples: str) -> None:
    parser.description = purpose
    parser.epilog = f"examples:\n{examples}"
