"""What is typed becomes one frozen class a command, whose formats are those that it has."""

from __future__ import annotations

import argparse
import gc
import shlex
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path
from typing import Any, Never, get_args, get_type_hints

import pytest

from dcsync.arguments import COMMANDS, Parsers, commands, parse, shared, translation
from dcsync.errors import CommandLineError
from dcsync.formats import Format
from dcsync.options.of_plans import PlanOptions
from dcsync.options.shared import Options, SelectionOptions
from tests.cli.conftest import Run

NEEDED = {
    "backfill": ["oslo/ingest", "--since", "1h"],
    "completion": ["bash"],
    "report": ["merge", "report.json"],
    "show": ["plan.json"],
    "sync": ["oslo/ingest"],
}
"""What a command cannot do without."""


def formats_of(command: str) -> tuple[str, ...]:
    """What `--format` takes; nothing where there is no such option."""
    parser = Parsers()[command]
    option = parser._option_string_actions.get("--format")
    return tuple(option.choices or ()) if option else ()


EVERY_FORMAT = [(command, each.value) for command in COMMANDS for each in Format]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_options_of_its_own(command: str) -> None:
    """All of them are made from what is typed, and none can be written to."""
    made = parse([command, *NEEDED.get(command, [])])

    assert type(made) is COMMANDS[command].options
    assert made.command == command
    assert hash(made) == hash(parse([command, *NEEDED.get(command, [])]))
    for field in fields(made):
        with pytest.raises(FrozenInstanceError):
            setattr(made, field.name, getattr(made, field.name))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_becomes_an_option(command: str) -> None:
    """Nothing that the parser takes is lost on the way."""
    parser = Parsers()[command]
    made = parse([command, *NEEDED.get(command, [])])

    taken = {each.dest for each in parser._actions} - {"help"}

    assert taken - names_of(made) == ({"action"} if command == "report" else set())


def names_of(options: Any) -> set[str]:
    names = {each.name for each in fields(options)}
    groups = [each for name in names if is_dataclass(each := getattr(options, name))]
    return names.union(*(names_of(each) for each in groups))


@pytest.mark.slow
@pytest.mark.parametrize(("command", "format"), EVERY_FORMAT)
def test_every_command_in_every_format(run: Run, command: str, format: str) -> None:
    """The formats of a command are those of its type; any other is wrong usage, before all else."""
    declared = get_type_hints(COMMANDS[command].options)["format"]
    its_own = [each.value for each in get_args(declared)]
    words = [command, *NEEDED.get(command, []), "--format", format]

    assert list(formats_of(command)) == its_own
    if format in its_own:
        assert parse(words).format is Format(format)
    else:
        with pytest.raises(CommandLineError):
            parse(words)
        ended = run(*words)
        assert (ended.code, ended.out) == (64, "")


def test_what_is_left_out() -> None:
    """No file, address or project narrows anything."""
    made = parse(["plan"])

    assert isinstance(made, PlanOptions)
    assert made.selection == SelectionOptions()
    assert made.format is Format.TEXT


@pytest.mark.parametrize(
    "line",
    [
        "-f x plan oslo/a",
        "-fx plan oslo/a",
        "--file x plan oslo/a",
        "--file=x plan oslo/a",
        "plan -f x oslo/a",
        "plan oslo/a -f x",
    ],
)
def test_options_before_the_command(line: str) -> None:
    """They mean what they mean behind it."""
    made = parse(line.split())

    assert isinstance(made, PlanOptions)
    assert made.selection == SelectionOptions(paths=("x",), addresses=("oslo/a",))


def test_flags_and_values_before_the_command() -> None:
    """A value that is a command's name is still the value, and a flag takes none."""
    made = parse(["-q", "-f", "apply", "-vv", "-p", "plan", "plan", "-f", "more"])

    assert isinstance(made, PlanOptions)
    assert made.selection == SelectionOptions(paths=("apply", "more"), projects=("plan",))
    assert (made.output.quiet, made.output.verbose) == (True, 2)


@pytest.mark.parametrize("word", ["-v", "-vv", "-vvv"])
def test_to_be_verbose_asks_no_other_command(word: str) -> None:
    """A word of several letters behind one dash is looked up among all options, but not this."""

    class Nobody(Parsers):
        def __getitem__(self, name: str) -> Never:
            raise AssertionError(name)

    assert translation.two_dashes(["plan", word], Nobody()) == ["plan", word]


@pytest.mark.parametrize("line", ["-f x", "-f x plann", "--nonsense plan", "--count 3 plan", "-f"])
def test_what_no_command_takes_before_it(run: Run, line: str) -> None:
    """Wrong usage, as behind it."""
    assert run(*line.split()).code == 64


def test_an_option_takes_a_value_everywhere_or_nowhere() -> None:
    """Else nobody could tell what stands before a command."""
    takes: dict[str, set[bool]] = {}
    for parser in Parsers().values():
        for name, action in parser._option_string_actions.items():
            takes.setdefault(name, set()).add(action.nargs != 0)

    assert [name for name, either in takes.items() if len(either) > 1] == []


@pytest.mark.parametrize("option", ["--help", "-h", "--version"])
def test_what_stands_alone_before_a_command(run: Run, option: str) -> None:
    """Help and version of the whole, whatever comes behind."""
    ended = run(option, "plan")

    assert ended.code == 0
    assert ended.out.startswith(("usage: dcsync [-h]", "dcsync "))


def test_help_imports_nothing_heavy() -> None:
    """Help and a mistyped option answer at once: what commands need waits for a command."""
    script = (
        "import sys; from dcsync.cli import main; main(['--help']); main(['plan', '--nonsense'])\n"
        "heavy = ('yaml', 'jsonschema', 'requests', 'urllib3', 'rich', 'msgspec', 'deepdiff',\n"
        "         'dcsync.cloud', 'dcsync.declare', 'dcsync.watch')\n"
        "print([n for n in heavy if n in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("line", "built"),
    [
        ("--help", []),
        ("plan --help", ["plan"]),
        ("plan oslo/* --base main -p oslo", ["plan"]),
        ("apply --dry-run", ["apply", "plan"]),
        ("nonsense", []),
    ],
)
def test_only_the_command_that_is_typed_is_built(
    monkeypatch: pytest.MonkeyPatch, line: str, built: list[str]
) -> None:
    """Of the others a line in `--help` is known."""
    found: list[str] = []

    def add_common(parser: argparse.ArgumentParser) -> None:
        found.append(parser.prog.removeprefix("dcsync "))
        shared.add_common(parser)

    monkeypatch.setattr(commands, "add_common", add_common)
    with suppress(SystemExit, CommandLineError):
        parse(line.split())

    assert found == built


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["validate -f {}", "fmt --check {}", "completion bash -- dcsync plan -f {} -p ''"]
)
def test_what_asks_no_api_imports_no_http(declare_file: Callable[..., Path], line: str) -> None:
    """It takes half the time: hooks and the Tab key start these often."""
    file = declare_file("\n  a: {config: {url: https://a.example.com}}")
    script = (
        "import sys; from dcsync.cli import main; main(sys.argv[1:])\n"
        "heavy = ('requests', 'urllib3', 'http.client', 'ssl', 'dcsync.cloud', 'jsonschema')\n"
        "print([n for n in heavy if n in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, *shlex.split(line.format(file))],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_what_watches_nothing_imports_no_decoder(declare_file: Callable[..., Path]) -> None:
    """apply and status look at metrics; streams, and what decodes them, are of other commands."""
    script = (
        "import sys; from dcsync.cli import main\n"
        "main(['apply', '--auto-approve', *sys.argv[1:]]); main(['status', *sys.argv[1:]])\n"
        "rare = ('msgspec', 'jsonschema', 'deepdiff', 'jwt', 'cryptography', 'zoneinfo',\n"
        "        'dataclasses', 'inspect',\n"
        "        'dcsync.cloud.stream', 'dcsync.cloud.http.posting', 'dcsync.watch.merge')\n"
        "print([n for n in rare if n in sys.modules])"
    )
    file = declare_file("\n  a: {config: {url: https://a.example.com}}")

    done = subprocess.run(
        [sys.executable, "-c", script, "-f", file], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_plan_imports_what_it_needs(declare_file: Callable[..., Path]) -> None:
    """Start-up is most of a small plan: what other commands and rare options need stays out."""
    script = (
        "import sys; from dcsync.cli import main; main(['plan', *sys.argv[1:]])\n"
        "rare = ('msgspec', 'jsonschema', 'deepdiff', 'jwt', 'cryptography', 'zoneinfo',\n"
        "        'dataclasses', 'inspect', 'ast', 'dis',\n"
        "        'difflib', 'dcsync.watch', 'dcsync.apply', 'dcsync.deliver',\n"
        "        'dcsync.plan.difference', 'dcsync.declare.canonical',\n"
        "        'dcsync.declare.rules', 'dcsync.declare.accepted',\n"
        "        'dcsync.declare.schema.violations',\n"
        "        'dcsync.cloud.messages.error_responses',\n"
        "        'dcsync.render.plans.plan_json', 'dcsync.render.plans.plan_markdown',\n"
        "        'dcsync.arguments.of_events', 'dcsync.options.of_events',\n"
        "        'dcsync.arguments.of_files', 'dcsync.options.of_files',\n"
        "        'dcsync.arguments.of_servers', 'dcsync.options.of_servers')\n"
        "print([n for n in rare if n in sys.modules])"
    )
    file = declare_file("\n  a: {config: {url: https://a.example.com}}")

    done = subprocess.run(
        [sys.executable, "-c", script, "-f", file], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_plan_without_changes_imports_nothing_that_shows_some(
    run: Run, declare_file: Callable[..., Path]
) -> None:
    """Nor what writes files: that is for `--out` and GitHub's runner."""
    script = (
        "import sys; from dcsync.cli import main; main(['plan', *sys.argv[1:]])\n"
        "rare = ('dcsync.render.plans.plan_body', 'dcsync.render.plans.plan_groups',\n"
        "        'dcsync.render.plans.plan_lines', 'dcsync.render.plans.plan_summary',\n"
        "        'dcsync.session.files.whole_files')\n"
        "print([n for n in rare if n in sys.modules])"
    )
    file = declare_file("\n  a: {config: {url: https://a.example.com}}")
    run("apply", "--auto-approve", "-f", str(file))

    done = subprocess.run(
        [sys.executable, "-c", script, "-f", file], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-2:] == ["No changes. 1 connector matches.", "[]"]


@pytest.mark.usefixtures("project")
def test_garbage_is_looked_for_once_all_is_imported(
    monkeypatch: pytest.MonkeyPatch, run: Run, declare_file: Callable[..., Path]
) -> None:
    """A process imports without; from the first step of its command on, memory stays bounded."""
    monkeypatch.setattr(gc, "freeze", lambda: None)  # of this process more than imports is left
    gc.disable()
    try:
        ended = run(
            "validate", "-f", str(declare_file("\n  a: {config: {url: https://a.example.com}}"))
        )
        assert (ended.code, gc.isenabled()) == (0, True)
    finally:
        gc.enable()


def test_options_are_told_apart_by_their_class() -> None:
    """No two commands share one, so what runs knows what it was asked."""
    kinds = [entry.options for entry in COMMANDS.values()]

    assert len(set(kinds)) == len(kinds)
    assert all(issubclass(kind, Options) for kind in kinds)


DURATIONS = [
    (command, option)
    for command in COMMANDS
    for action in Parsers()[command]._actions
    if action.metavar in ("S", "SECONDS")
    for option in action.option_strings[-1:]
]


@pytest.mark.parametrize(("command", "option"), DURATIONS)
def test_seconds_may_be_written_with_a_unit(command: str, option: str) -> None:
    """As with kubectl: each option that takes seconds takes 2m, too."""
    needed = [command, *NEEDED.get(command, []), option]

    assert parse([*needed, "2m"]) == parse([*needed, "120"]) != parse(needed[:-1])


@pytest.mark.parametrize(
    ("rate", "budget"), [("4", (4, 1.0)), ("20/5", (20, 5.0)), ("1/0.5", (1, 0.5))]
)
def test_a_rate_is_calls_in_seconds(rate: str, budget: tuple[int, float]) -> None:
    """In one second, where it does not say."""
    made = parse(["plan", "--rate", rate])

    assert isinstance(made, PlanOptions)
    assert made.cloud.rate == budget


@pytest.mark.parametrize("rate", ["0", "-1", "1.5", "5/", "5/0", "/5", "5/s", "5/inf", "many"])
def test_what_is_no_rate(run: Run, rate: str) -> None:
    """Wrong usage, with the way to write one."""
    ended = run("plan", "--rate", rate)

    assert ended.code == 64
    assert "write N, or N/S for N calls in S seconds, as in 20/5" in ended.err
