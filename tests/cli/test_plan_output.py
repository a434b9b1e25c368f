"""What `plan` prints, where, and in which colours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.declare import schema_text
from tests.cli.conftest import DISK_FULL, PROJECT, Run, in_shell, on_a_full_disk
from tests.conftest import Dcsync

DeclareFile = Callable[..., Path]
A = "\n  a: {labels: [x, y, z], event_types: [touch, co2], config: {url: https://a.example.com}}"
SECRET = "\n  a: {config: {url: 'https://a.example.com/${env:NEVER_SET}'}}"


@pytest.mark.usefixtures("project")
def test_colour_is_for_terminals(
    run: Run, declare_file: DeclareFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe gets none, unless it is asked for; JSON and markdown never get any."""
    declare_file(A)

    assert "\033[" not in run("plan").out
    assert "\033[32m+ " in run("plan", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[32m+ " in run("plan").out
    assert "\033[" not in run("plan", "--color", "never").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in run("plan").out
    for format_ in ("json", "markdown"):
        assert "\033[" not in run("plan", "--color", "always", "--format", format_).out


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(
    dcsync: Dcsync, project: str, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """Whatever the order of the listing and of Python's hashes."""
    declare_file(A)
    for name in ("x", "y", "z"):
        http = {"url": "https://x.example.com", "headers": {"X-B": "1", "X-A": "2"}}
        resource = {
            "displayName": name,
            "type": "HTTP_PUSH",
            "labels": ["b", "a"],
            "httpConfig": http,
        }
        cloud.add_connector(project, resource)

    outputs = set()
    for seed in ("1", "2", "3"):
        cloud.switch(list_order="shuffled", shuffle_seed=int(seed))
        outputs.add(dcsync("plan", "--format", "json", PYTHONHASHSEED=seed).stdout)

    assert len(outputs) == 1
    assert json.loads(outputs.pop())["summary"]["delete"] == 3


@pytest.mark.usefixtures("project")
def test_unset_variables_may_be_shown_as_unknown(
    run: Run, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """A pull request of a fork has no secrets: such fields are not compared, the rest is."""
    http = {"url": "https://a.example.com/live"}
    cloud.add_connector(PROJECT, {"displayName": "a", "type": "HTTP_PUSH", "httpConfig": http})
    declare_file(SECRET)

    refused = run("plan")
    allowed = run("plan", "--allow-unset", "--detailed-exitcode")

    assert refused.code == 1
    assert allowed.code == 0
    assert "config.url is not compared" in allowed.out
    assert "https://a.example.com/live" not in allowed.out


@pytest.mark.usefixtures("project")
def test_verbose_tells_each_call(run: Run, declare_file: DeclareFile) -> None:
    """On standard error, without anything secret; -vv also how large the answers are."""
    declare_file(A)

    quiet, verbose, most = run("plan"), run("plan", "-v"), run("plan", "-vv")

    call = f"GET /projects/{PROJECT}/dataconnectors: 200, "
    assert call not in quiet.err
    assert call in verbose.err
    assert "bytes" not in verbose.err
    assert "bytes" in most.err
    assert verbose.out == quiet.out


@pytest.mark.usefixtures("project")
def test_results_go_to_stdout_and_all_else_to_stderr(run: Run, declare_file: DeclareFile) -> None:
    """A warning does not disturb what a pipe reads."""
    declare_file("\n  a: {event_types: [futureEvent], config: {url: https://a.example.com}}")

    ended = run("plan", "--format", "json")

    assert json.loads(ended.out)["summary"]["create"] == 1
    assert "futureEvent" in ended.err


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_closed_pipe_ends_quietly(declare_file: DeclareFile, dcsync: Dcsync) -> None:
    """`dcsync plan | head -1` shows no traceback."""
    done = in_shell(f"plan -f {declare_file(A)} | head -0")

    assert dcsync("plan").returncode == 0
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.slow
@on_a_full_disk
@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", ["plan", "plan --format json", "validate"])
def test_a_full_disk_is_told(command: str, declare_file: DeclareFile) -> None:
    """It is no bug of dcsync's."""
    done = in_shell(f"{command} -f {declare_file(A)} > /dev/full")

    assert (done.returncode, done.stderr) == (1, f"{DISK_FULL}\n")


@pytest.mark.slow
@on_a_full_disk
def test_a_watch_tells_of_a_full_disk(
    cloud: emulator.Emulator, project: str, declare_file: DeclareFile
) -> None:
    """What fills disks is what runs for long."""
    device_id = cloud.add_device(project, "touch", labels={"x": ""})
    cloud.publish(project, device_id, "touch", {})

    done = in_shell(f"watch -f {declare_file(A)} --since 1h --format json > /dev/full")

    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, DISK_FULL)


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_a_plan_imports_nothing_that_it_does_not_need(declare_file: DeclareFile) -> None:
    """What takes long to import waits for the command that needs it."""
    script = (
        "import sys; from dcsync.cli import main; main(['plan', '-f', sys.argv[1]])\n"
        "heavy = ('jsonschema', 'rich', 'msgspec', 'deepdiff')\n"
        "print([n for n in heavy if n in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, str(declare_file(A))],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.slow
@pytest.mark.usefixtures("project")
def test_without_a_standard_output_it_works_all_the_same(declare_file: DeclareFile) -> None:
    """Some supervisors close what they do not read."""
    done = in_shell(f"plan --detailed-exitcode -f {declare_file(A)} >&-")

    assert (done.returncode, done.stderr) == (2, "")


def test_what_is_printed_last_is_whole(dcsync: Dcsync) -> None:
    """The process ends at once, but not before its output is out."""
    assert dcsync("schema").stdout == schema_text("declaration")
