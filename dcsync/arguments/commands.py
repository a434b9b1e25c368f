"""All commands and their parser, also used for completion and the reference."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from dcsync import __version__
from dcsync.arguments.overview import overview
from dcsync.arguments.parser import Parser
from dcsync.arguments.shared import add_common

if TYPE_CHECKING:
    from dcsync.options.shared import Options


class Command(NamedTuple):
    """Its name, its line in `dcsync --help`, and the module of its arguments and of its options.

    A run imports and builds the one that was typed: `add_plan` and `PlanOptions`.
    """

    name: str
    summary: str
    module: str

    @property
    def options(self) -> type[Options]:
        """What its arguments become."""
        kind: type[Options] = self._named("options", f"{self.name.title()}Options")
        return kind

    def parser(self) -> Parser:
        made = Parser(
            prog=f"dcsync {self.name}",
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._named("arguments", f"add_{self.name}")(made)
        add_common(made)
        return made

    def _named(self, room: str, name: str) -> Any:
        return getattr(import_module(f"dcsync.{room}.{self.module}"), name)


COMMANDS: Mapping[str, Command] = {
    each.name: each
    for each in (
        Command("init", "write a starter folder", "of_files"),
        Command("projects", "list the projects that the account sees", "of_files"),
        Command("import", "write declarations for live connectors", "of_files"),
        Command("validate", "check declarations, without credentials or network", "of_files"),
        Command("fmt", "rewrite declarations in canonical form", "of_files"),
        Command("plan", "show what apply would do", "of_plans"),
        Command("drift", "show what changed in the cloud since the last apply", "of_plans"),
        Command("apply", "plan, prompt, apply", "of_plans"),
        Command("destroy", "delete the declared connectors, under the same guards", "of_plans"),
        Command("sync", "call :sync for the named connectors", "of_plans"),
        Command("show", "print a saved plan in any format, or how two differ", "of_plans"),
        Command("watch", "stream the events of the declared connectors' devices", "of_events"),
        Command("backfill", "deliver lost events from the history", "of_events"),
        Command("status", "show the declared connectors: deliveries, drift", "of_events"),
        Command("doctor", "check the set-up, with evidence and remedies", "of_events"),
        Command("verify", "prove that events flow through the declared connectors", "of_events"),
        Command("emulator", "run an embedded DT cloud on this machine", "of_servers"),
        Command(
            "receive", "accept pushes here, check their signatures, print events", "of_servers"
        ),
        Command("report", "merge the JSON reports of several runs", "of_plans"),
        Command("schema", "print a JSON Schema", "of_files"),
        Command("completion", "print a completion script", "of_files"),
    )
}
"""In the order of `dcsync --help`."""


class Parsers(Mapping[str, Parser]):
    """Each command's own parser by its name, made when somebody looks at it."""

    def __init__(self) -> None:
        self._made: dict[str, Parser] = {}

    def __getitem__(self, name: str) -> Parser:
        if name not in self._made:
            self._made[name] = COMMANDS[name].parser()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def build_parser(commands: Parsers) -> Parser:
    """The whole command line."""
    parser = Parser(
        prog="dcsync",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Infrastructure as code for Disruptive Technologies Data Connectors.\n\n"
        + overview({name: entry.summary for name, entry in COMMANDS.items()}),
        epilog="'dcsync COMMAND --help' explains a command and ends with examples.",
    )
    parser.words = tuple(COMMANDS)
    parser.add_argument("--version", action="version", version=f"dcsync {__version__}")
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen.choices = chosen._name_parser_map = commands  # type: ignore[assignment]  # it only reads
    return parser


def module_of(command: str) -> str:
    """Where a command is; `import` is a word of Python's own."""
    return f"dcsync.commands.{command}" + "_" * keyword.iskeyword(command)
