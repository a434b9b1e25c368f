"""The words that may stand where a line is unfinished: what completion offers. Prints nothing."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from dcsync.model import DeclaredProject
from dcsync.render.words import Visible, visible

LoadDeclared = Callable[[Iterable[str]], Sequence[DeclaredProject]]
"""The projects that the files at these paths declare."""
Commands = Mapping[str, argparse.ArgumentParser]
"""Each command's own parser by its name."""


def candidates(commands: Commands, words: Sequence[str], declared: LoadDeclared) -> list[Visible]:
    """What may stand in place of the last word, after those before it; [] means any file.

    What a shell would not take as it is, is not offered: a shell types it without quotes.
    """
    *before, unfinished = [word if word != '""' else "" for word in words] or [""]
    command = next((word for word in before if word in commands), None)
    if command is None:
        return _beginning([*commands, "--help", "--version"], unfinished)
    possible = _possible(commands[command], before, unfinished, declared)
    return _beginning(possible, unfinished)


def _possible(
    parser: argparse.ArgumentParser, before: Sequence[str], unfinished: str, declared: LoadDeclared
) -> Iterable[str]:
    options = parser._option_string_actions
    waiting = options.get(before[-1]) if before else None
    if waiting is not None and waiting.nargs != 0:
        return _values(waiting, before, declared)
    if unfinished.startswith("-"):
        return options
    positional = [each for each in parser._actions if not each.option_strings]
    return [value for each in positional for value in _values(each, before, declared)]


def _values(
    action: argparse.Action, before: Sequence[str], declared: LoadDeclared
) -> Iterable[str]:
    if action.choices is not None:
        return map(str, action.choices)
    if action.metavar == "ADDRESS":
        projects = declared(_files(before))
        return [each.address for project in projects for each in project.connectors]
    if action.metavar == "PROJECT":
        return [project.key for project in declared(_files(before))]
    return ()


def _files(before: Sequence[str]) -> list[str]:
    """What `-f` names on the line."""
    return [path for option, path in pairwise(before) if option in _FILE]


_FILE = ("-f", "--file")
_TYPEABLE = re.compile(r"[\w./@%+=:,-]+")


def _beginning(words: Iterable[str], start: str) -> list[Visible]:
    fitting = {word for word in words if word.startswith(start)}
    return [visible(word) for word in sorted(fitting) if _TYPEABLE.fullmatch(word)]
