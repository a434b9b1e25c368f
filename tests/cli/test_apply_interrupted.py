"""Signals to a real process at chosen moments: the emulator's log says which call it is at."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from dcsync.emulator import ApiCall
from tests.cli.conftest import DISK_FULL, PROJECT, Run, in_shell, on_a_full_disk

DeclareFile = Callable[..., Path]
URL = "https://a.example.com"
THREE = "".join(f"\n  {name}: {{config: {{url: '{URL}'}}}}" for name in "abc")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Process:
    """`dcsync` as a process of its own, and what it says on standard error as it comes."""

    def __init__(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "dcsync", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(os.environ),
            text=True,
        )
        self._said = ""
        self._changed = threading.Condition()
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def send(self, number: int) -> None:
        os.kill(self.popen.pid, number)

    def hear(self, words: str) -> None:
        """Wait until standard error has said the words."""
        with self._changed:
            assert self._changed.wait_for(lambda: words in self._said, 15), self._said

    def end(self) -> tuple[int, str]:
        """The exit code and standard output."""
        assert self.popen.stdout is not None
        out = self.popen.stdout.read()
        self.popen.stdout.close()
        self._listening.join()
        return self.popen.wait(15), out

    def _listen(self) -> None:
        assert self.popen.stderr is not None
        with self.popen.stderr as stderr:
            while char := stderr.read(1):
                with self._changed:
                    self._said += char
                    self._changed.notify_all()


Start = Callable[..., Process]
OnCall = Callable[[ApiCall], object]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project: str) -> Iterator[Start]:
    """Starts `dcsync` in the test's folder; whatever still runs at the end is killed."""
    assert project
    monkeypatch.chdir(tmp_path)
    started = []

    def start_process(*arguments: str, stdin: int = subprocess.DEVNULL) -> Process:
        started.append(Process(*arguments, stdin=stdin))
        return started[-1]

    yield start_process
    for process in started:
        process.popen.kill()
        process.popen.wait()


@pytest.fixture
def on_call(cloud: emulator.Emulator, monkeypatch: pytest.MonkeyPatch) -> Callable[[OnCall], None]:
    """Has a function called with each call, after the cloud has acted and before it answers."""

    def hook(act: OnCall) -> None:
        append = cloud.calls.append

        def log(call: ApiCall) -> None:
            append(call)
            act(call)

        monkeypatch.setattr(cloud.calls, "append", log)

    return hook


def is_write(call: ApiCall) -> bool:
    return call.method != "GET" and "dataconnectors" in call.path


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_finishes_what_is_in_flight_and_reports(
    start: Start,
    on_call: Callable[[OnCall], None],
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    number: int,
) -> None:
    """The create that is on its way is done, the others are not attempted; 130."""
    declare_file(THREE)

    def interrupt(call: ApiCall) -> None:
        if is_write(call):
            process.send(number)
            process.hear("stopping: ")

    on_call(interrupt)
    process = start("apply", "--auto-approve")

    code, out = process.end()

    assert code == 130
    assert out.splitlines()[-1] == (
        "Applied: 1 created, 0 updated, 0 replaced, 0 deleted; "
        "0 failed, 0 refused, 2 not attempted."
    )
    assert [each["displayName"] for each in cloud.connectors(PROJECT)] == ["a"]


@pytest.mark.slow
def test_a_second_signal_stops_at_once(
    start: Start, on_call: Callable[[OnCall], None], declare_file: DeclareFile, run: Run
) -> None:
    """It does not wait for the answer that is due; the next apply finds what was done."""
    declare_file(THREE)

    def interrupt_twice(call: ApiCall) -> None:
        if is_write(call) and process.popen.poll() is None:
            process.send(signal.SIGINT)
            process.hear("stopping: ")
            process.send(signal.SIGTERM)
            process.popen.wait(10)

    on_call(interrupt_twice)
    process = start("apply", "--auto-approve")
    code, out = process.end()

    again = run("apply", "--auto-approve")

    assert code == 130
    assert "Applied" not in out
    assert again.out.splitlines()[-1].startswith("Applied: 2 created")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "number"),
    [("apply", signal.SIGINT), ("apply", signal.SIGTERM), ("destroy", signal.SIGTERM)],
)
def test_a_signal_while_listing_ends_it_with_nothing_done(
    start: Start,
    on_call: Callable[[OnCall], None],
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    number: int,
    command: str,
) -> None:
    """It does not even wait for the listing; 130."""
    declare_file(THREE)

    def interrupt(call: ApiCall) -> None:
        if call.method == "GET":
            process.send(number)
            process.popen.wait(10)

    on_call(interrupt)
    process = start(command, "--auto-approve")

    assert process.end() == (130, "")
    assert not any(map(is_write, cloud.calls))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "code", "created"),
    [(signal.SIGINT, 130, 0), (signal.SIGTERM, 130, 0), (b"no\n", 3, 0), (b"yes\n", 0, 3)],
    ids=["Ctrl-C", "SIGTERM", "no", "yes"],
)
def test_the_prompt(
    start: Start,
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
    answer: Any,
    code: int,
    created: int,
) -> None:
    """Only yes is accepted; a signal there ends it with nothing done."""
    declare_file(THREE)
    terminal, stdin = pty.openpty()
    process = start("apply", stdin=stdin)
    process.hear("accepted to approve:")

    os.write(terminal, answer) if isinstance(answer, bytes) else process.send(answer)

    assert process.end()[0] == code
    assert len(cloud.connectors(PROJECT)) == created
    os.close(terminal)
    os.close(stdin)


@pytest.mark.slow
def test_a_signal_cuts_the_settling_short(
    start: Start,
    on_call: Callable[[OnCall], None],
    declare_file: DeclareFile,
    cloud: emulator.Emulator,
) -> None:
    """A create whose answer was lost is looked for once more and not sent again."""
    declare_file(THREE)
    cloud.fail("*/dataconnectors", method="POST", drop=True)
    listings = []

    def interrupt(call: ApiCall) -> None:
        listings.append(call.method == "GET" and "dataconnectors" in call.path)
        if sum(listings) == 2:  # the first look-up; then it settles
            process.send(signal.SIGTERM)
            process.hear("stopping: ")

    on_call(interrupt)
    process = start("apply", "--auto-approve", "--settle", "600")

    code, out = process.end()

    assert code == 130
    assert out.splitlines()[-1].endswith("1 failed, 0 refused, 2 not attempted.")
    assert cloud.connectors(PROJECT) == []


@pytest.mark.slow
def test_a_reader_that_goes_away_does_not_stop_it(
    start: Start, declare_file: DeclareFile, cloud: emulator.Emulator
) -> None:
    """`dcsync apply | head -1` applies all, and its exit code tells of it."""
    declare_file(THREE)
    process = start("apply", "--auto-approve")
    assert process.popen.stdout is not None
    process.popen.stdout.close()

    assert process.popen.wait(15) == 0
    assert len(cloud.connectors(PROJECT)) == 3


@pytest.mark.slow
@on_a_full_disk
@pytest.mark.usefixtures("project")
def test_a_full_disk_does_not_stop_it(declare_file: DeclareFile, cloud: emulator.Emulator) -> None:
    """`dcsync apply > log` on a full disk applies all, and says why the log is not whole."""
    path = declare_file(THREE)

    done = in_shell(f"apply --auto-approve -f {path} > /dev/full")

    tally, told = done.stderr.splitlines()
    assert (done.returncode, told) == (5, DISK_FULL)
    assert tally.startswith("Applied: 3 created")
    assert len(cloud.connectors(PROJECT)) == 3


LIVE = "".join(f"\n  {name}: {{config: {{url: '{URL}'}}}}" for name in ("kept", "typed", "gone"))
WANTED = f"""
  kept: {{labels: [name], config: {{url: '{URL}'}}}}
  typed: {{type: GOOGLE_CLOUD_PUBSUB, config: {{topic: projects/g/topics/t, audience: x}}}}
  one: {{config: {{url: '{URL}'}}}}
  two: {{config: {{url: '{URL}'}}}}"""
CALLS = [
    "token",
    "list",
    "update",
    "rename the old",
    "create the new",
    "delete the old",
    "create",
    "create",
    "look for twins",
    "delete",
]


@pytest.mark.slow
@pytest.mark.parametrize("at", range(1, len(CALLS) + 1))
@pytest.mark.usefixtures("project")
def test_killed_at_any_call_the_next_apply_converges(
    start: Start,
    on_call: Callable[[OnCall], None],
    declare_file: DeclareFile,
    run: Run,
    cloud: emulator.Emulator,
    at: int,
) -> None:
    """Whatever the cloud did before SIGKILL, the next run doubles nothing and loses nothing."""
    declare_file(LIVE)
    run("apply", "--auto-approve")
    declare_file(WANTED)
    cloud.calls.clear()

    def kill(_: ApiCall) -> None:
        if len(cloud.calls) == at and process.popen.poll() is None:
            process.popen.kill()
            process.popen.wait(10)

    on_call(kill)
    process = start("apply", "--auto-approve")
    code, _ = process.end()
    made = len(cloud.calls)

    again = run("apply", "--auto-approve")

    assert (code, made) == (-signal.SIGKILL, at)
    assert again.code == 0
    live = [(each["displayName"], each["type"]) for each in cloud.connectors(PROJECT)]
    assert sorted(live) == [
        ("kept", "HTTP_PUSH"),
        ("one", "HTTP_PUSH"),
        ("two", "HTTP_PUSH"),
        ("typed", "GOOGLE_CLOUD_PUBSUB"),
    ]
    assert run("plan", "--detailed-exitcode").code == 0
