"""Every command, and the parser of them all: what completion and the reference are made from."""

from __future__ import annotations

import argparse
import keyword
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dcsync import __version__, options
from dcsync.arguments.of_events import add_backfill, add_doctor, add_status, add_verify, add_watch
from dcsync.arguments.of_files import (
    add_completion,
    add_fmt,
    add_import,
    add_init,
    add_projects,
    add_schema,
    add_validate,
)
from dcsync.arguments.of_plans import (
    add_apply,
    add_destroy,
    add_drift,
    add_plan,
    add_report,
    add_show,
    add_sync,
)
from dcsync.arguments.of_servers import add_emulator, add_receive
from dcsync.arguments.overview import overview
from dcsync.arguments.parser import Parser
from dcsync.arguments.shared import add_common


class Command(NamedTuple):
    """Its line in `dcsync --help`, what adds its arguments, and what they become."""

    summary: str
    add: Callable[[argparse.ArgumentParser], None]
    options: type[options.Options]


COMMANDS: dict[str, Command] = {
    "init": Command("write a starter folder", add_init, options.InitOptions),
    "projects": Command("list what the account sees", add_projects, options.ProjectsOptions),
    "import": Command("write declarations for what is live", add_import, options.ImportOptions),
    "validate": Command(
        "check declarations, without credentials or network", add_validate, options.ValidateOptions
    ),
    "fmt": Command("rewrite declarations in canonical form", add_fmt, options.FmtOptions),
    "plan": Command("what apply would do", add_plan, options.PlanOptions),
    "drift": Command(
        "what changed in the cloud since the last apply", add_drift, options.DriftOptions
    ),
    "apply": Command("plan, ask, execute", add_apply, options.ApplyOptions),
    "destroy": Command(
        "delete the declared connectors, under the same guards",
        add_destroy,
        options.DestroyOptions,
    ),
    "sync": Command("call :sync for the named connectors", add_sync, options.SyncOptions),
    "show": Command(
        "print a saved plan in any format, or how two differ", add_show, options.ShowOptions
    ),
    "watch": Command(
        "stream the events of the declared connectors' devices", add_watch, options.WatchOptions
    ),
    "backfill": Command(
        "deliver from the history what connectors lost", add_backfill, options.BackfillOptions
    ),
    "status": Command(
        "how the declared connectors stand: deliveries, drift", add_status, options.StatusOptions
    ),
    "doctor": Command(
        "what works and what does not, with evidence and remedy",
        add_doctor,
        options.DoctorOptions,
    ),
    "verify": Command(
        "prove that events flow through the declared connectors", add_verify, options.VerifyOptions
    ),
    "emulator": Command(
        "run an embedded DT cloud on this machine", add_emulator, options.EmulatorOptions
    ),
    "receive": Command(
        "accept pushes here, check their signatures, print events",
        add_receive,
        options.ReceiveOptions,
    ),
    "report": Command("merge the JSON reports of several runs", add_report, options.ReportOptions),
    "schema": Command("print a JSON Schema", add_schema, options.SchemaOptions),
    "completion": Command("print a completion script", add_completion, options.CompletionOptions),
}
"""In the order of `dcsync --help`."""


def build_parser() -> Parser:
    """The whole command line; also what completion and the reference are made from."""
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
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, entry in COMMANDS.items():
        command = commands.add_parser(
            name,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        entry.add(command)
        add_common(command)
    return parser


def commands_of(parser: Parser) -> Iterator[tuple[str, Parser]]:
    """Each command's own parser by its name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def module_of(command: str) -> str:
    """Where a command is; `import` is a word of Python's own."""
    return f"dcsync.commands.{command}" + "_" * keyword.iskeyword(command)
