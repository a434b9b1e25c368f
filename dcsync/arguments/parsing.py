"""What is typed to the options of one command. The only place where a Namespace is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dcsync import options
from dcsync.arguments import translation
from dcsync.arguments.commands import COMMANDS, build_parser, commands_of
from dcsync.arguments.parser import Parser
from dcsync.errors import CommandLineError
from dcsync.formats import Format


def parse(argv: list[str]) -> options.Options:
    """What one command was asked for; CommandLineError for anything else."""
    parser = build_parser()
    commands = dict(commands_of(parser))
    words = _command_first(parser, translation.two_dashes(argv, commands))
    words = translation.without_command_words(words, commands)
    if words[:1] in (["apply"], ["plan"]) and translation.is_dry_run(words):
        return _preview(parser, translation.without_dry_run(words), commands)
    given = _given(parser, words, commands)
    made: options.Options = _made(COMMANDS[given["command"]].options, given)
    return made


def _given(parser: Parser, words: list[str], commands: Mapping[str, Parser]) -> dict[str, Any]:
    """Every argument by its name."""
    given, unknown = parser.parse_known_args(translation.own_options(words, commands))
    if unknown:
        commands[given.command].refuse(unknown, commands)
    return vars(given)


def _preview(
    parser: Parser, words: list[str], commands: Mapping[str, Parser]
) -> options.PlanOptions:
    """`apply --dry-run` is `plan`: what only apply takes has nothing to say there."""
    applied = _given(parser, words, commands)
    if applied.get("plan"):
        raise CommandLineError(
            f"apply has no --dry-run with --plan: 'dcsync show {applied['plan']}' prints that plan"
        )
    planned = _given(parser, ["plan"], commands)
    shared = {name: value for name, value in applied.items() if name in planned}
    made: options.PlanOptions = _made(options.PlanOptions, {**planned, **shared, "command": "plan"})
    return made


def _command_first(parser: Parser, argv: list[str]) -> list[str]:
    """Options may stand before the command; argparse takes them behind it only."""
    takes_value = translation.takes_value(dict(commands_of(parser)))
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        if argv[place] in parser._option_string_actions:  # --help, --version
            return argv
        place += 1 + takes_value.get(argv[place], False)
    return argv[place : place + 1] + argv[:place] + argv[place + 1 :]


_GROUPS = {
    "allowances": options.AllowanceOptions,
    "cloud": options.CloudOptions,
    "delivery": options.DeliveryOptions,
    "execution": options.ExecutionOptions,
    "output": options.OutputOptions,
    "rollout": options.RolloutOptions,
    "selection": options.SelectionOptions,
    "event_filter": options.EventFilterOptions,
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
