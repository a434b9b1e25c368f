"""The words that may stand where a line is unfinished: what completion offers. Prints nothing."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from dcsync.arguments.values import HEALTH
from dcsync.dataclass import dataclass
from dcsync.model import DEVICE_TYPES, EVENT_TYPES, DeclaredProject
from dcsync.render.words import Visible, visible

Paths = Sequence[str]
"""What `-f` names on the line."""
ParsersByName = Mapping[str, argparse.ArgumentParser]
"""Each command's own parser by its name."""
MOST = 1_000
"""Words that are offered: more than anybody reads, and shells get slow."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What this machine knows of what may be typed; none of it asks the cloud."""

    declared: Callable[[Paths], Sequence[DeclaredProject]]
    """The projects that the files at these paths declare."""
    revisions: Callable[[Paths], Sequence[str]]
    """Names of revisions in the Git repository that the paths are in."""


def candidates(commands: ParsersByName, words: Sequence[str], sources: Sources) -> list[Visible]:
    """What may stand in place of the last word, after those before it; [] means any file.

    What a shell would not take as it is, is not offered: a shell types it without quotes.
    """
    *before, unfinished = [word if word != '""' else "" for word in words] or [""]
    command = next((word for word in before if word in commands), None)
    if command is None:
        return _beginning([*commands, "--help", "--version"], unfinished)
    before, unfinished, joined = _separated(before, unfinished)
    possible = _possible(commands[command], before, unfinished, sources)
    return _beginning((f"{joined}{each}" for each in possible), f"{joined}{unfinished}")


def _separated(before: Sequence[str], unfinished: str) -> tuple[list[str], str, str]:
    """`--base=ma` as `--base ma`, and what has to stand before what is offered.

    bash hands the equals sign over as a word of its own, and wants what comes after it.
    """
    option, equals, value = unfinished.partition("=")
    if unfinished.startswith("--") and equals:
        return [*before, option], value, f"{option}="
    if unfinished == "=" and before and before[-1].startswith("--"):
        return list(before), "", ""
    if len(before) > 1 and before[-1] == "=" and before[-2].startswith("--"):
        return list(before[:-1]), unfinished, ""
    return list(before), unfinished, ""


def _possible(
    parser: argparse.ArgumentParser, before: Sequence[str], unfinished: str, sources: Sources
) -> Iterable[str]:
    options = parser._option_string_actions
    waiting = options.get(before[-1]) if before else None
    if waiting is not None and waiting.nargs != 0:
        return _values(waiting, before, unfinished, sources)
    if unfinished.startswith("-"):
        return options
    positional = [each for each in parser._actions if not each.option_strings]
    return [value for each in positional for value in _values(each, before, unfinished, sources)]


def _values(
    action: argparse.Action, before: Sequence[str], unfinished: str, sources: Sources
) -> Iterable[str]:
    if action.choices is not None:
        return map(str, action.choices)
    match action.metavar, action.dest:
        case "ADDRESS", _:
            projects = sources.declared(_files(before))
            return [each.address for project in projects for each in project.connectors]
        case "PROJECT", _:
            return _projects(sources.declared(_files(before)), unfinished)
        case "REV", "base":
            return ["auto", *sources.revisions(_files(before))]
        case "REV", _:
            return sources.revisions(_files(before))
        case _, "event_types":
            return EVENT_TYPES
        case _, "device_types":
            return DEVICE_TYPES
        case _, "fail_on":
            said = unfinished.rpartition(",")[0]
            return [f"{said},{each}" if said else each for each in HEALTH]
        case _:
            return ()


def _projects(projects: Iterable[DeclaredProject], unfinished: str) -> list[str]:
    """Their keys; ids as well, once somebody has begun to type one."""
    keys = [each.key for each in projects]
    return [*keys, *(each.project_id for each in projects)] if unfinished else keys


def _files(before: Sequence[str]) -> list[str]:
    """What `-f` names on the line."""
    return [path for option, path in pairwise(before) if option in _FILE]


_FILE = ("-f", "--file")
_TYPEABLE = re.compile(r"[\w./@%+=:,-]+")


def _beginning(words: Iterable[str], start: str) -> list[Visible]:
    fitting = {word for word in words if word.startswith(start)}
    return [visible(word) for word in sorted(fitting) if _TYPEABLE.fullmatch(word)][:MOST]
