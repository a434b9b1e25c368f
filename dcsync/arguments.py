"""The command line: every command, option and default, and the help that explains them.

Imports nothing heavy: `dcsync --help` and a mistyped option must answer at once.
"""

from __future__ import annotations

import argparse
import difflib
import keyword
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple, Never, get_args

from dcsync import __version__, options
from dcsync.errors import CommandLineError
from dcsync.formats import EventFormat, Format, PlainFormat, PlanFormat, StatusFormat

SCHEMAS = ("declaration", "plan")
CI_SYSTEMS = ("github", "gitlab", "none")
SHELLS = ("bash", "zsh", "fish", "powershell")
HEALTH = ("unknown", "missing", "disabled", "failing", "degraded", "drifted", "quiet", "ok")
"""What `status` calls the health of a connector, the worst first (watch.standing.Health)."""


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


def _number(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1e9:  # no infinity either: locks cannot wait that long
        raise ValueError(text)
    return value


def _health(text: str) -> frozenset[str]:
    words = [word.strip().lower() for word in text.split(",")]
    for word in words:
        if word not in HEALTH:
            message = f"no such health {word!r}: choose from {', '.join(HEALTH)}"
            raise argparse.ArgumentTypeError(message)
    return frozenset(word.upper() for word in words)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise ValueError(text)
    return value


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise ValueError(text)
    return value


def _span_s(text: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1:] not in units:
        raise ValueError(text)
    return _number(text[:-1]) * units[text[-1]]


def _shard(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    if not 1 <= int(number) <= int(total):
        raise ValueError(text)
    return int(number), int(total)


_span_s.__name__ = "time such as 12h or 31d,"
_shard.__name__ = "shard, as in 2/5,"
_number.__name__, _count.__name__ = "number", "whole number from 1"  # argparse's messages say these
_share.__name__, _port.__name__ = "share from 0 to 1", "port"


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


def build_parser() -> Parser:
    """The whole command line; also what completion and the reference are made from."""
    parser = Parser(
        prog="dcsync",
        allow_abbrev=False,
        description="Infrastructure as code for Disruptive Technologies Data Connectors.",
        epilog="'dcsync COMMAND --help' explains a command and ends with examples.",
    )
    parser.words = tuple(COMMANDS)
    parser.add_argument("--version", action="version", version=f"dcsync {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, entry in COMMANDS.items():
        command = commands.add_parser(
            name,
            allow_abbrev=False,
            help=entry.summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        entry.add(command)
        _add_common(command)
    return parser


def commands_of(parser: Parser) -> Iterator[tuple[str, Parser]]:
    """Each command's own parser by its name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def module_of(command: str) -> str:
    """Where a command is; `import` is a word of Python's own."""
    return f"dcsync.commands.{command}" + "_" * keyword.iskeyword(command)


def _describe(parser: argparse.ArgumentParser, purpose: str, examples: str) -> None:
    parser.description = purpose
    parser.epilog = f"examples:\n{examples}"


def _add_common(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    group.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="tell each call of the API; -vv: its size too",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="only results and problems")


def _add_format(parser: argparse.ArgumentParser, formats: Any) -> None:
    names = [each.value for each in get_args(formats)]
    parser.add_argument("--format", choices=names, default="text", help="default: text")


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-f",
        "--file",
        dest="paths",
        metavar="PATH",
        action="append",
        default=[],
        help="a declaration file or a folder of them; repeatable (default: .)",
    )


def _add_selection(parser: argparse.ArgumentParser, *, needs_address: bool = False) -> None:
    parser.add_argument(
        "addresses",
        metavar="ADDRESS",
        nargs="+" if needs_address else "*",
        help="only these connectors; may have globs: oslo/*",
    )
    parser.add_argument(
        "--except",
        dest="excepted",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="all but these connectors; repeatable",
    )
    parser.add_argument(
        "-p",
        "--project",
        dest="projects",
        metavar="PROJECT",
        action="append",
        default=[],
        help="only these projects, by key or id; repeatable",
    )
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        default="",
        help="only projects whose declarations differ from that Git revision",
    )
    parser.add_argument(
        "--shard",
        metavar="I/N",
        type=_shard,
        help="only the I-th of N even parts of the projects, the same on each machine",
    )
    _add_files(parser)


def _add_cloud(parser: argparse.ArgumentParser, *, has_timeout: bool = True) -> None:
    group = parser.add_argument_group("cloud")
    group.add_argument("--api-url", metavar="URL", help="default: $DCSYNC_API_URL, else DT's")
    group.add_argument("--token-url", metavar="URL", help="default: $DCSYNC_TOKEN_URL, else DT's")
    group.add_argument("--emulator-url", metavar="URL", help="default: $DCSYNC_EMULATOR_URL")
    if has_timeout:
        group.add_argument(
            "--timeout", metavar="SECONDS", type=_number, default=30.0, help="a call's limit (30)"
        )
    group.add_argument(
        "--parallelism", metavar="N", type=_count, default=10, help="calls at once (10)"
    )


def _add_validate(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Check declarations without credentials or network.",
        "  dcsync validate\n  dcsync validate -f connectors/ --env\n"
        "  dcsync validate --format json",
    )
    _add_files(parser)
    parser.add_argument("--env", action="store_true", help="unset variables are errors")
    _add_format(parser, PlainFormat)


def _add_fmt(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Rewrite declarations in canonical form. Only white space and the order of keys change:\n"
        "comments and quoting are kept, and so is what the files mean.",
        "  dcsync fmt\n  dcsync fmt --check\n  dcsync fmt -f connectors/ --diff",
    )
    _add_files(parser)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where a file differs"
    )
    parser.add_argument("--diff", action="store_true", help="change nothing; show what differs")


def _add_schema(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Print a JSON Schema: of declarations, for editors, or of plans, for programs.",
        "  dcsync schema\n  dcsync schema plan > plan.schema.json",
    )
    parser.add_argument("name", nargs="?", choices=SCHEMAS, default="declaration")


def _add_plan(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Show what apply would do, and change nothing.",
        "  dcsync plan\n  dcsync plan -f connectors/ --detailed-exitcode\n"
        "  dcsync plan --format json | jq .summary",
    )
    _add_selection(parser)
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="exit 2 where there are changes"
    )
    parser.add_argument(
        "--allow-unset", action="store_true", help="show unset variables as unknown"
    )
    parser.add_argument("--out", metavar="FILE", help="save the plan; 'apply --plan FILE' takes it")
    _add_decisions(parser)
    _add_format(parser, PlanFormat)
    _add_cloud(parser)


def _add_show(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Print a plan that 'dcsync plan --out FILE' saved, or how two of them differ.",
        "  dcsync show plan.json\n  dcsync show plan.json --format markdown\n"
        "  dcsync show old.json new.json",
    )
    parser.add_argument("saved", metavar="FILE", help="a saved plan")
    parser.add_argument(
        "newer", metavar="NEW", nargs="?", help="another one: show how it differs, field by field"
    )
    _add_format(parser, PlanFormat)


def _add_apply(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Plan, show the plan, ask, and carry it out.",
        "  dcsync apply\n  dcsync apply -f connectors/ --auto-approve\n"
        "  dcsync apply --auto-approve --allow-deletes 5",
    )
    _add_selection(parser)
    parser.add_argument(
        "--plan",
        metavar="FILE_OR_DIGEST",
        default="",
        help="only if the plan is still this one: a saved plan, or 8 or more digits of a digest",
    )
    _add_execution(parser)
    _add_decisions(parser)
    _add_format(parser, PlanFormat)
    _add_cloud(parser)


def _add_destroy(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Delete the declared connectors, after showing what would be deleted and asking. What is\n"
        "not declared is left alone; the policy holds as it does for apply.",
        "  dcsync destroy oslo/ingest\n  dcsync destroy -p oslo --allow-deletes 4",
    )
    _add_selection(parser)
    _add_execution(parser)
    _add_allowance(parser)
    _add_format(parser, PlanFormat)
    _add_cloud(parser)


def _add_sync(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Have the latest event of each type of every device pushed again, by the connectors that\n"
        "are named.",
        "  dcsync sync oslo/ingest\n  dcsync sync 'oslo/*' '*/archive' -f connectors/",
    )
    _add_selection(parser, needs_address=True)
    _add_format(parser, PlanFormat)
    _add_cloud(parser)


def _add_execution(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--auto-approve", action="store_true", help="do not ask")
    parser.add_argument(
        "--keep-going", action="store_true", help="go on where some projects cannot be planned"
    )
    parser.add_argument(
        "--settle",
        metavar="SECONDS",
        type=_number,
        default=10.0,
        help="how long a create whose answer was lost may take to be seen (10)",
    )


def _add_allowance(parser: argparse.ArgumentParser) -> None:
    for option, what in (
        ("deletes", "deletes and replaces"),
        ("changes", "updates"),
        ("frozen", "operations in frozen projects"),
    ):
        parser.add_argument(
            f"--allow-{option}",
            metavar="N",
            type=_count,
            default=0,
            help=f"let a run with up to N {what} pass the guards",
        )


def _add_decisions(parser: argparse.ArgumentParser) -> None:
    _add_allowance(parser)
    parser.add_argument(
        "--base",
        metavar="REV",
        default="",
        help="the Git revision that was applied last: `prune: previous` deletes what it declared",
    )


def _add_watch(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Stream the events of the declared connectors' devices.",
        "  dcsync watch\n  dcsync watch 'oslo/*' --event-type temperature --count 10\n"
        "  dcsync watch --since 2h\n"
        "  dcsync watch --format json --duration 60 | jq .eventType\n"
        "  dcsync watch --format json --resume watch.state >> events.jsonl\n"
        "  dcsync watch oslo/ingest --forward-to http://127.0.0.1:8000/dt",
    )
    _add_selection(parser)
    parser.add_argument("--count", metavar="N", type=_count, help="end after N events")
    parser.add_argument("--duration", metavar="S", type=_number, help="end after S seconds")
    parser.add_argument(
        "--since", metavar="TIME", help="begin there: 2026-03-01T12:00:00Z, or 15m for so long ago"
    )
    parser.add_argument(
        "--resume",
        metavar="FILE",
        default="",
        help="note there what was shown, and go on from there: nothing is lost between runs",
    )
    _add_wishes(parser)
    parser.add_argument(
        "--forward-to",
        metavar="URL",
        default="",
        help="POST each event there, as each connector that takes it would",
    )
    _add_delivery(parser)
    _add_format(parser, EventFormat)
    _add_cloud(parser)


def _add_delivery(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--max-in-flight", metavar="N", type=_count, default=10, help="deliveries at once (10)"
    )
    parser.add_argument(
        "--allow-http", action="store_true", help="deliver by plain http to other machines too"
    )


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--all-devices", action="store_true", help="also devices without the declared label keys"
    )
    for option, metavar, purpose in (
        ("label", "KEY[=VALUE]", "only devices with this label; repeated: with all of them"),
        ("event-type", "TYPE", "only events of this type; repeatable"),
        ("device-type", "TYPE", "only devices of this type; repeatable"),
        ("device-id", "ID", "only this device; repeatable"),
    ):
        parser.add_argument(
            f"--{option}",
            dest=f"{option.replace('-', '_')}s",
            metavar=metavar,
            action="append",
            default=[],
            help=purpose,
        )


def _add_backfill(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Deliver from the event history what connectors lost, because they were disabled or their\n"
        "endpoint was down: the same events, signed, each device's oldest first. Says how much\n"
        "that is, and asks.",
        "  dcsync backfill oslo/ingest --since 2026-03-01T12:00:00Z --dry-run\n"
        "  dcsync backfill oslo/ingest --since 3d --until 1d --resume backfill.state\n"
        "  dcsync backfill 'oslo/*' --since 12h --to https://staging.example.com/dt",
    )
    _add_selection(parser, needs_address=True)
    parser.add_argument(
        "--since",
        metavar="TIME",
        required=True,
        help="the oldest event: 2026-03-01T12:00:00Z, or 3d for so long ago, up to 31d",
    )
    parser.add_argument("--until", metavar="TIME", help="up to there, written alike (default: now)")
    parser.add_argument(
        "--to", metavar="URL", default="", help="deliver there instead of to the connector's URL"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="read the history and count; deliver nothing"
    )
    parser.add_argument(
        "--resume", metavar="FILE", help="remember there what was delivered; go on from there"
    )
    parser.add_argument("--auto-approve", action="store_true", help="do not ask")
    _add_delivery(parser)
    _add_format(parser, PlainFormat)
    _add_cloud(parser)


def _add_status(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Show each declared connector's live status, deliveries of the last 3 h, and drift.",
        "  dcsync status\n  dcsync status -p oslo --format markdown >> $GITHUB_STEP_SUMMARY\n"
        "  dcsync status --fail-on failing,disabled,missing,drifted\n"
        "  dcsync status --format html > status.html",
    )
    _add_selection(parser)
    parser.add_argument(
        "--fail-on",
        metavar="WORDS",
        type=_health,
        default=frozenset(),
        help="exit with 4 where a connector is one of these, separated by commas: "
        f"{', '.join(HEALTH)}",
    )
    _add_format(parser, StatusFormat)
    _add_cloud(parser)


def _add_verify(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Prove that events flow through the declared connectors: watch them and their metrics.",
        "  dcsync verify\n  dcsync verify 'oslo/*' --min-events 3 --timeout 600\n"
        "  dcsync verify --sync --format markdown >> $GITHUB_STEP_SUMMARY",
    )
    _add_selection(parser)
    parser.add_argument(
        "--min-events", metavar="N", type=_count, default=1, help="events that prove it (1)"
    )
    parser.add_argument(
        "--timeout",
        dest="patience",
        metavar="S",
        type=_number,
        default=60.0,
        help="seconds to wait for them (60)",
    )
    parser.set_defaults(timeout=30.0)  # a call's limit, which has no option here
    parser.add_argument(
        "--sync", action="store_true", help="provoke deliveries; then these are proof enough"
    )
    parser.add_argument(
        "--allow-quiet", action="store_true", help="pass where nothing was sent at all"
    )
    _add_format(parser, PlanFormat)
    _add_cloud(parser, has_timeout=False)


def _add_emulator(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Run an embedded DT cloud on this machine, for trying, testing and demos. It prints\n"
        "'export' lines that point dcsync at it, and runs until Ctrl-C.",
        "  dcsync emulator\n  dcsync emulator --port 8080 --rate 5\n"
        "  dcsync emulator --seed world.yaml --state world.db\n"
        "  dcsync emulator --history 31d\n"
        "  dcsync emulator --switch rate_limit=none --switch stream_label_filters=and",
    )
    parser.add_argument("--port", metavar="N", type=int, default=0, help="default: a free one")
    parser.add_argument(
        "--rate", metavar="N", type=_number, default=0.0, help="events a second, all devices (0)"
    )
    parser.add_argument(
        "--history",
        metavar="TIME",
        type=_span_s,
        default=0.0,
        help="so much of a plausible past for every device: 31d, 12h",
    )
    parser.add_argument("--seed", metavar="FILE", help="YAML of projects, devices, connectors")
    parser.add_argument("--state", metavar="FILE", help="keep the state in this SQLite file")
    parser.add_argument("--env-file", metavar="FILE", help="also write the export lines there")
    parser.add_argument(
        "--switch",
        dest="switches",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="how the cloud behaves, as docs/emulator.md lists; repeatable",
    )


def _add_receive(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Accept pushes on this machine, check their signatures and print their events.",
        "  dcsync receive --secret-env DT_SIGNATURE_SECRET\n"
        "  dcsync receive --secret-env NEW_SECRET --secret-env OLD_SECRET\n"
        "  dcsync receive --port 9000 --count 5",
    )
    parser.add_argument(
        "--secret-env",
        dest="secret_envs",
        metavar="NAME",
        action="append",
        default=[],
        help="a variable with a signature secret (default: DT_SIGNATURE_SECRET where set); "
        "repeatable: any of them is good",
    )
    parser.add_argument(
        "--issuer",
        dest="issuers",
        metavar="URL",
        action="append",
        default=[],
        help="who may sign DT-Asymmetric-Signature (default: DT alone); repeatable",
    )
    parser.add_argument(
        "--organization", metavar="ID", help="whose pushes alone that signature may be of"
    )
    parser.add_argument(
        "--require-signature", action="store_true", help="refuse what bears no good signature"
    )
    parser.add_argument(
        "--ignore-expiry", action="store_true", help="take signatures that have expired, and say so"
    )
    parser.add_argument("--port", type=_port, default=0, help="default: a free one")
    parser.add_argument("--url-file", metavar="FILE", help="write the URL there once it listens")
    parser.add_argument("--count", metavar="N", type=_count, help="end after N accepted events")
    parser.add_argument("--duration", metavar="S", type=_number, help="end after S seconds")
    parser.add_argument(
        "--fail-rate", metavar="SHARE", type=_share, default=0.0, help="answer 503 to 0…1 of all"
    )
    parser.add_argument(
        "--delay", metavar="S", type=_number, default=0.0, help="wait before each answer"
    )
    _add_format(parser, PlainFormat)


def _add_import(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Write declarations for what is live. Secrets become ${env:…} references; their values\n"
        "go into --secrets-file, or nowhere. No file is ever overwritten.",
        "  dcsync import -p c0md3pm0p7bet3vico8g\n"
        "  dcsync import --organization bv4p8ng7ubc4hs2knlkg -p 'Store *' --out stores/\n"
        "  dcsync import -p c0md3pm0p7bet3vico8g --secrets-file ../secrets.env\n"
        "  dcsync import --from-tfstate terraform.tfstate",
    )
    parser.add_argument(
        "-p",
        "--project",
        dest="projects",
        metavar="ID",
        action="append",
        default=[],
        help="a project; with --organization also a display name, with globs; repeatable",
    )
    parser.add_argument("--organization", metavar="ID", default="", help="all its projects")
    parser.add_argument(
        "--from-tfstate",
        metavar="FILE",
        default="",
        help="only what this Terraform state manages, as it is live",
    )
    parser.add_argument(
        "-o", "--out", metavar="FOLDER", default=".", help="where the files go (default: .)"
    )
    parser.add_argument(
        "--secrets-file",
        metavar="FILE",
        default="",
        help="write the secrets' values there, for you alone to read; not where Git tracks it",
    )
    _add_format(parser, PlainFormat)
    _add_cloud(parser)


def _add_init(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Write a starter folder: a declaration, a CI workflow, the schema for editors and a\n"
        ".gitignore. On a terminal it asks for what no option says. No file is ever overwritten.",
        "  dcsync init\n  dcsync init iot --project c0md3pm0p7bet3vico8g --ci gitlab",
    )
    parser.add_argument(
        "folder", metavar="FOLDER", nargs="?", default=".", help="where to write (default: .)"
    )
    parser.add_argument(
        "-p", "--project", metavar="ID", help="the project (default: ${env:DCSYNC_VAR_PROJECT_ID})"
    )
    parser.add_argument("--ci", choices=CI_SYSTEMS, help="whose workflow (default: github)")


def _add_completion(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Print a completion script: commands, options, and the addresses and projects that the\n"
        "files of the working folder declare.",
        '  eval "$(dcsync completion bash)"\n'
        "  dcsync completion zsh > ~/.zfunc/_dcsync\n"
        "  dcsync completion fish > ~/.config/fish/completions/dcsync.fish\n"
        "  dcsync completion powershell | Out-String | Invoke-Expression",
    )
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=", ".join(SHELLS))
    parser.add_argument(
        "words", metavar="WORD", nargs="*", help=argparse.SUPPRESS
    )  # what the scripts ask with


def _add_report(parser: argparse.ArgumentParser) -> None:
    _describe(
        parser,
        "Merge the JSON reports of several runs, such as those of --shard, into one. The exit\n"
        "code is the one that a single run would have had.",
        "  dcsync apply --shard 1/2 --auto-approve --format json > 1.json\n"
        "  dcsync report merge 1.json 2.json\n"
        "  dcsync report merge *.json --format json > all.json",
    )
    parser.add_argument("action", choices=("merge",), help="merge")
    parser.add_argument("reports", metavar="FILE", nargs="+", help="what --format json printed")
    _add_format(parser, PlanFormat)


class Command(NamedTuple):
    """Its line in `dcsync --help`, what adds its arguments, and what they become."""

    summary: str
    add: Callable[[argparse.ArgumentParser], None]
    options: type[options.Options]


COMMANDS: dict[str, Command] = {
    "init": Command("write a starter folder", _add_init, options.InitOptions),
    "import": Command("write declarations for what is live", _add_import, options.ImportOptions),
    "validate": Command(
        "check declarations, without credentials or network", _add_validate, options.ValidateOptions
    ),
    "fmt": Command("rewrite declarations in canonical form", _add_fmt, options.FmtOptions),
    "plan": Command("what apply would do", _add_plan, options.PlanOptions),
    "apply": Command("plan, ask, execute", _add_apply, options.ApplyOptions),
    "destroy": Command(
        "delete the declared connectors, under the same guards",
        _add_destroy,
        options.DestroyOptions,
    ),
    "sync": Command("call :sync for the named connectors", _add_sync, options.SyncOptions),
    "show": Command(
        "print a saved plan in any format, or how two differ", _add_show, options.ShowOptions
    ),
    "watch": Command(
        "stream the events of the declared connectors' devices", _add_watch, options.WatchOptions
    ),
    "backfill": Command(
        "deliver from the history what connectors lost", _add_backfill, options.BackfillOptions
    ),
    "status": Command(
        "how the declared connectors stand: deliveries, drift", _add_status, options.StatusOptions
    ),
    "verify": Command(
        "prove that events flow through the declared connectors", _add_verify, options.VerifyOptions
    ),
    "emulator": Command(
        "run an embedded DT cloud on this machine", _add_emulator, options.EmulatorOptions
    ),
    "receive": Command(
        "accept pushes here, check their signatures, print events",
        _add_receive,
        options.ReceiveOptions,
    ),
    "report": Command("merge the JSON reports of several runs", _add_report, options.ReportOptions),
    "schema": Command("print a JSON Schema", _add_schema, options.SchemaOptions),
    "completion": Command("print a completion script", _add_completion, options.CompletionOptions),
}
"""In the order of `dcsync --help`."""
