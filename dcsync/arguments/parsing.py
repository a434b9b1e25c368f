"""What is typed to the options of one command. The only place where a Namespace is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dcsync.arguments import translation
from dcsync.arguments.commands import COMMANDS, Parsers, build_parser
from dcsync.arguments.parser import Parser
from dcsync.dataclass import fields
from dcsync.errors import CommandLineError
from dcsync.formats import Format
from dcsync.model import Allowances
from dcsync.options import shared

if TYPE_CHECKING:
    from dcsync.options.of_plans import PlanOptions


def parse(argv: list[str]) -> shared.Options:
    """What one command was asked for; CommandLineError for anything else."""
    commands = Parsers()
    parser = build_parser(commands)
    words = _command_first(parser, commands, translation.two_dashes(argv, commands))
    words = translation.without_command_words(words, commands)
    if words[:1] in (["apply"], ["plan"]) and translation.is_dry_run(words):
        return _preview(parser, translation.without_dry_run(words), commands)
    given = _given(parser, words, commands)
    made: shared.Options = _made(COMMANDS[given["command"]].options, given)
    return made


def _given(parser: Parser, words: list[str], commands: Mapping[str, Parser]) -> dict[str, Any]:
    """Every argument by its name."""
    given, unknown = parser.parse_known_args(translation.own_options(words, commands))
    if unknown:
        commands[given.command].refuse(unknown, commands)
    return vars(given)


def _preview(parser: Parser, words: list[str], commands: Mapping[str, Parser]) -> PlanOptions:
    """`apply --dry-run` is `plan`: what only apply takes has nothing to say there."""
    applied = _given(parser, words, commands)
    if applied.get("plan"):
        raise CommandLineError(
            f"apply has no --dry-run with --plan: 'dcsync show {applied['plan']}' prints that plan"
        )
    planned = _given(parser, ["plan"], commands)
    common = {name: value for name, value in applied.items() if name in planned}
    made: PlanOptions = _made(COMMANDS["plan"].options, {**planned, **common, "command": "plan"})
    return made


def _command_first(parser: Parser, commands: Mapping[str, Parser], argv: list[str]) -> list[str]:
    """Options may stand before the command; argparse takes them behind it only."""
    own = parser._option_string_actions  # --help, --version
    if not argv or not argv[0].startswith("-") or argv[0] in own:
        return argv
    takes_value = translation.takes_value(commands)
    place = 0
    while place < len(argv) and argv[place].startswith("-"):
        if argv[place] in own:
            return argv
        place += 1 + takes_value.get(argv[place], False)
    return argv[place : place + 1] + argv[:place] + argv[place + 1 :]


_GROUPS = {
    "allowances": Allowances,
    "cloud": shared.CloudOptions,
    "delivery": shared.DeliveryOptions,
    "execution": shared.ExecutionOptions,
    "output": shared.OutputOptions,
    "rollout": shared.RolloutOptions,
    "selection": shared.SelectionOptions,
    "event_filter": shared.EventFilterOptions,
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
