"""What people type who know other tools: it works where it is certain, else one line says how."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.arguments import COMMANDS, Parsers, habits, parse
from dcsync.arguments.overview import TASKS
from dcsync.errors import CommandLineError
from tests.cli.conftest import Run

A = "\n  a: {config: {url: https://a.example.com}}"
SAME = [
    ("plan -target=x/y -f a -target z/y", "plan -f a x/y z/y"),
    ("plan -target x/y", "plan x/y"),
    ("destroy --target x/y", "destroy x/y"),
    ("plan -exclude=x/y", "plan --except x/y"),
    ("plan -out=tfplan -no-color -input=false", "plan --out tfplan --color never"),
    ("plan -out tfplan -lock=false -lock-timeout=5m", "plan --out tfplan"),
    ("validate a.yaml b", "validate -f a.yaml -f b"),
    ("fmt -check a.yaml", "fmt --check -f a.yaml"),
    ("validate .", "validate -f ."),
    ("watch --duration 5m", "watch --duration 300"),
    ("verify --timeout 1.5h", "verify --timeout 5400"),
    ("plan --timeout 30s", "plan --timeout 30"),
    ("plan -detailed-exitcode -parallelism=7", "plan --detailed-exitcode --parallelism 7"),
    ("-parallelism 7 plan", "plan --parallelism 7"),
    ("-o json plan", "plan --format json"),
    ("plan -o json", "plan --format json"),
    ("plan -ojson", "plan --format json"),
    ("plan --output=json", "plan --format json"),
    ("show -json plan.json", "show plan.json --format json"),
    ("import --output json", "import --format json"),
    ("import -o folder", "import --out folder"),
    ("apply -auto-approve", "apply --auto-approve"),
    ("apply -auto-approve=true", "apply --auto-approve"),
    ("apply -auto-approve=false", "apply"),
    ("apply --yes", "apply --auto-approve"),
    ("apply -y plan.json", "apply --auto-approve plan.json"),
    ("apply --yes=false", "apply"),
    ("fmt -check -diff -recursive", "fmt --check --diff"),
    ("plan --filename x -R", "plan -f x"),
    ("plan --quiet=false", "plan"),
    ("plan x/y -f a z/y", "plan -f a x/y z/y"),
    ("plan --dry-run", "plan"),
    ("apply --dry-run", "plan"),
    ("apply -dry-run --auto-approve --settle 3 -f a x/y", "plan -f a x/y"),
    ("apply --dry-run=client --yes -o json", "plan --format json"),
    ("-f a apply --dry-run=server", "plan -f a"),
    ("apply --dryrun", "plan"),
    ("plan --out=x --out y", "plan --out y"),
    ("plan --parallel 5", "plan --parallelism 5"),
    ("plan -j5", "plan --parallelism 5"),
    ("plan --skip x/y", "plan --except x/y"),
    ("import --org o --output-dir x", "import --organization o --out x"),
    ("projects list", "projects"),
    ("emulator start --port 8080", "emulator --port 8080"),
    ("fmt -list=false -check", "fmt --check"),
    ("apply /tmp/saved", "apply -- /tmp/saved"),
    ("plan -project oslo", "plan -p oslo"),
    ("plan -poslo -fx", "plan -p oslo -f x"),
    ("watch --event-type brandNew", "watch --event-type brandNew"),
]
HINTS = [
    ("plan -var x=y", "vars:"),
    ("plan -var-file=prod.tfvars", "DCSYNC_VAR_"),
    ("plan -destroy", "'dcsync destroy'"),
    ("apply -destroy -auto-approve", "'dcsync destroy'"),
    ("plan -refresh=false", "no state file"),
    ("plan -chdir=x", "-f FOLDER"),
    ("-chdir=x plan", "-f FOLDER"),
    ("apply --force", "--allow-deletes"),
    ("import --force", "overwritten"),
    ("init --force", "overwritten"),
    ("destroy --dry-run", "without --auto-approve"),
    ("fmt --dry-run", "--check"),
    ("sync --dry-run x", "'dcsync status'"),
    ("apply --dry-run=none", "applies nothing"),
    ("apply --plan plan.json --dry-run", "'dcsync show plan.json'"),
    ("apply -auto-approve=maybe", "on or off"),
    ("plan --yes", "approval"),
    ("plan -auto-approve", "approval"),
    ("plan -n oslo", "-p PROJECT"),
    ("plan -o plan.json", "--out plan.json"),
    ("plan -o yaml", "'text', 'json', 'markdown'"),
    ("plan --prune", "policy"),
    ("apply --token hunter2", "DT_SERVICE_ACCOUNT_KEY_ID"),
    ("plan --insecure", "REQUESTS_CA_BUNDLE"),
    ("plan --count 3", "watch and receive have it"),
    ("plan --min-events 3", "only verify has it"),
    ("plan --detailed-exit-code", "did you mean --detailed-exitcode?"),
    ("plan --format markdwon", "did you mean markdown?"),
    ("plan --shard 3/2", "1/2 to 2/2"),
    ("plan --shard 0/2", "1/2 to 2/2"),
    ("plan --shard 1/0", "I/N"),
    ("plan --shard two", "I/N"),
    ("watch --event-type temprature", "did you mean temperature?"),
    ("watch --event-type Temperature", "did you mean temperature?"),
    ("watch --event-type object_present", "did you mean objectPresent?"),
    ("watch --device-type proximty", "did you mean proximity?"),
    ("sync", "'dcsync apply'"),
    ("show", "'dcsync status'"),
    ("emulator --port 99999", "port"),
    ("plan -target", "no address"),
    ("plan -target=", "no address"),
    ("apply -target --auto-approve", "no address"),
    ("sync --all", "'*/*'"),
    ("import --all", "--organization"),
    ("import c16pegipidie7lltrefg", "did you mean -p c16pegipidie7lltrefg?"),
    ("emulator 8080", "did you mean --port 8080?"),
    ("receive -p 8080", "--port N"),
    ("plan --format JSON", "did you mean json?"),
    ("watch --duration 5x", "5m"),
    ("completion", "bash, zsh"),
    ("diff", "'dcsync plan'"),
    ("preview", "'dcsync plan'"),
    ("up --yes", "'dcsync apply'"),
    ("gateway sync", "'dcsync apply'"),
    ("list", "'dcsync status'"),
    ("get connectors -o yaml", "'dcsync status'"),
    ("dump", "'dcsync import"),
    ("refresh", "'dcsync plan'"),
    ("delete x/y", "'dcsync destroy"),
    ("plan --kubeconfig x", "DT_SERVICE_ACCOUNT_KEY_ID"),
    ("plan --profile prod", "-f PATH"),
    ("apply --confirm", "--auto-approve"),
    ("apply --non-interactive", "--auto-approve"),
    ("apply --server-side", "`ignore_changes`"),
    ("apply --atomic", "--waves"),
    ("apply --prune", "`policy: {prune"),
    ("apply --watch", "'dcsync watch'"),
    ("status --watch", "looks once"),
    ("status --all", "without addresses"),
    ("plan --context prod", "-p PROJECT"),
    ("plan -replace=x/y", "`type`"),
    ("plan --filter a/*", "'oslo/*'"),
    ("watch --filter x", "--event-type"),
    ("plan -generate-config-out=x.tf", "'dcsync import"),
    ("plan --loglevel=debug", "-v logs"),
    ("validate --strict", "--env"),
    ("fmt -write=false", "--check"),
    ("doctor --fix", "remedy"),
    ("emulator --host 0.0.0.0", "127.0.0.1 only"),
    ("receive --bind 0.0.0.0", "127.0.0.1 only"),
    ("emulator -d", "append &"),
    ("describe connectors/a", "'dcsync status'"),
    ("state list", "no state file"),
    ("edit x", "edit the files"),
    ("rollout status", "--waves"),
    ("history", "Git"),
    ("explain connectors", "'dcsync schema declaration'"),
    ("template .", "'dcsync plan'"),
    ("stack ls", "'dcsync projects'"),
    ("top", "'dcsync status'"),
    ("plna", "did you mean plan?"),
    ("plan x.yaml", "did you mean -f x.yaml?"),
    ("apply -y connectors/x.yml", "did you mean -f connectors/x.yml?"),
    ("status .", "did you mean -f .?"),
    ("watch oslo/a connectors/", "did you mean -f connectors/?"),
    ("sync /etc/x.yaml", "did you mean -f /etc/x.yaml?"),
    ("drift ..", "did you mean -f ..?"),
    ("backfill x.yaml --since 1h", "did you mean -f x.yaml?"),
]


@pytest.mark.parametrize(("typed", "meant"), SAME)
def test_what_is_certain_works(typed: str, meant: str) -> None:
    """It is the same as dcsync's own words for it."""
    assert parse(typed.split()) == parse(meant.split())


@pytest.mark.parametrize(("typed", "hint"), HINTS)
def test_what_is_not_gets_one_line(typed: str, hint: str) -> None:
    """The line names the way of dcsync, and repeats no value that may be a secret."""
    with pytest.raises(CommandLineError) as raised:
        parse(typed.split())

    message = str(raised.value)
    assert hint in message
    assert "\n" not in message
    assert "hunter2" not in message


def test_every_hint_names_what_there_is() -> None:
    """Commands that hints name exist, and so do the options."""
    tables = (habits.HINTS, habits.HINTS_OF, habits.COMMAND_HINTS, habits.REQUIRED)
    said = " ".join(chain.from_iterable(table.values() for table in tables))
    options = {name for each in Parsers().values() for name in each._option_string_actions}

    assert set(re.findall(r"'dcsync (\w+)", said)) <= set(COMMANDS)
    assert set(re.findall(r"--[a-z][a-z-]+", said)) <= options


def test_no_habit_takes_a_command_of_our_own() -> None:
    """A word means what it is here, and no other tool's."""
    assert not habits.COMMAND_HINTS.keys() & COMMANDS.keys()


def test_no_word_but_its_own_approves_or_destroys() -> None:
    """What approves says so, and nothing becomes `destroy` or lifts a guard."""
    approving = {word for word, meant in habits.FLAGS.items() if "--auto-approve" in meant}
    meanings = {*chain.from_iterable(habits.FLAGS.values()), *habits.VALUES.values()}

    assert approving == {"--yes", "-y", "--assume-yes"}
    assert not [each for each in meanings if each.startswith("--allow")]


@pytest.mark.parametrize(
    "words",
    [
        *(["--dry-run"], ["-dry-run"], ["--dry-run=client"], ["--dry-run=none"], ["--dryrun"]),
        *(["--dry-run=false"], ["--dry-run", "none"], ["--dry_run"], ["-n"], ["--what-if"]),
        *(["--", "--dry-run"], ["--plan", "--dry-run"], ["--check"], ["--dry-run", "--dry-run"]),
    ],
)
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.usefixtures("project")
def test_a_dry_run_never_applies(
    run: Run,
    cloud: emulator.Emulator,
    project: str,
    declare_file: Callable[..., Path],
    words: list[str],
    first: bool,
) -> None:
    """However it is written and wherever it stands, nothing is created."""
    declare_file(A)
    given = [*words, "--auto-approve"] if first or "--" in words else ["--auto-approve", *words]
    if words[0] == "--":
        given = ["--auto-approve", *words]

    ended = run("apply", *given)

    assert ended.code in (0, 64)
    assert (ended.code == 0) == ("1 to create" in ended.out)
    assert cloud.connectors(project) == []


@pytest.mark.parametrize("words", [[], ["--help"], ["help"], ["-help"], ["help", "help"]])
def test_dcsync_alone_shows_what_one_can_do(run: Run, words: list[str]) -> None:
    """Every command once, by task, on standard output."""
    ended = run(*words)

    assert (ended.code, ended.err) == (0, "")
    assert all(f"\n{task}:\n" in ended.out for task in TASKS)
    for name, entry in COMMANDS.items():
        assert ended.out.count(f"\n  {name:12}{entry.summary}\n") == 1
    assert max(map(len, ended.out.splitlines())) <= 80


def test_every_command_has_a_task() -> None:
    """A new command gets its place in the overview."""
    assert set(COMMANDS) <= {name for names in TASKS.values() for name in names}


@pytest.mark.parametrize(
    "words", [["help", "plan"], ["plan", "help"], ["plan", "-help"], ["-f", "x", "plan", "-h"]]
)
def test_help_of_a_command(run: Run, words: list[str]) -> None:
    """Other tools' ways to it work, too."""
    assert run(*words).out.startswith("usage: dcsync plan")


@pytest.mark.parametrize("words", [["version"], ["-version"], ["-V"], ["plan", "--version"]])
def test_version(run: Run, words: list[str]) -> None:
    """However it is asked for."""
    assert run(*words).out.startswith("dcsync ")


@pytest.mark.parametrize("command", ["emulator", "receive"])
def test_a_busy_port(run: Run, command: str) -> None:
    """Both servers end with the same code and words for it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ended = run(command, "--port", str(port))

    assert ended.code == 1
    assert ended.err == f"dcsync: cannot listen on port {port}: Address already in use\n"


@pytest.mark.parametrize("end", ["", "/", "/v2", "/v2/"])
@pytest.mark.parametrize("by_option", [True, False])
@pytest.mark.usefixtures("project")
def test_an_api_url_without_its_version(
    run: Run,
    cloud: emulator.Emulator,
    declare_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    end: str,
    by_option: bool,
) -> None:
    """A host alone means its v2, as in the Terraform provider."""
    declare_file(A)
    url = f"{cloud.base_url.removesuffix('/v2')}{end}"
    if not by_option:
        monkeypatch.setenv("DCSYNC_API_URL", url)

    ended = run("plan", *(["--api-url", url] if by_option else []))

    assert (ended.code, "1 to create" in ended.out) == (0, True)


@pytest.mark.usefixtures("project")
def test_an_event_type_that_may_be_new(run: Run, declare_file: Callable[..., Path]) -> None:
    """What is like no known word is asked for, with a note of what is known."""
    declare_file(A)

    ended = run("watch", "--event-type", "brandNew", "--duration", "0")

    assert ended.code == 0
    assert "'brandNew' is not a known event type" in ended.err
