"""What is typed to the options of one command. The only place where a Namespace is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dcsync import options
from dcsync.arguments.commands import COMMANDS, build_parser, commands_of
from dcsync.arguments.parser import Parser
from dcsync.formats import Format


def parse(argv: list[str]) -> options.Options:
    """What one command was asked for; CommandLineError for anything else."""
    parser = build_parser()
    arguments, unknown = parser.parse_known_args(_command_first(parser, argv))
    if unknown:
        by_name = dict(commands_of(parser))
        by_name[arguments.command].error(f"unrecognized arguments: {' '.join(unknown)}")
    made: options.Options = _made(COMMANDS[arguments.command].options, vars(arguments))
    return made


def _command_first(parser: Parser, argv: list[str]) -> list[str]:
    """Options may stand before the command; argparse takes them behind it only."""
    actions = (each._option_string_actions.items() for _, each in commands_of(parser))
    takes_value = {name: each.nargs != 0 for items in actions for name, each in items}
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        if argv[place] in parser._option_string_actions:  # --help, --version
            return argv
        place += 1 + takes_value.get(argv[place], False)
    return argv[place : place + 1] + argv[:place] + argv[place + 1 :]


_GROUPS = {
    "allowances": options.Allowances,
    "cloud": options.Cloud,
    "delivery": options.DeliveryOptions,
    "execution": options.Execution,
    "output": options.Output,
    "selection": options.Selection,
    "wishes": options.Wishes,
}
"""The fields of options that are groups of arguments; all others are arguments, by name."""


def _made(kind: type, given: Mapping[str, Any]) -> Any:
    names = [each.name for each in fields(kind)]
    groups = {name: _made(_GROUPS[name], given) for name in names if name in _GROUPS}
    own = {name: _frozen(name, given[name]) for name in names if name in given}
    return kind(**groups, **own)


def _frozen(name: str, value: Any) -> Any:
    if name == "format":
        return Format(value)
    return tuple(value) if isinstance(value, list) else value
