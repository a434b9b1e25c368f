"""`dcsync watch` as a process, against the emulated cloud."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from tests.watch.conftest import Run

OSLO, BERGEN = "c0md3pm0p7bet3vico8g", "c14u9p094l47cdv1o3pg"

DECLARATION = f"""
dcsync: 1
projects:
  oslo: {{id: {OSLO}}}
  bergen: {{id: {BERGEN}}}
policy: {{prune: none}}
connectors:
  rooms:
    event_types: [temperature, touch]
    labels: [name, room]
    config: {{url: https://ingest.example.com, signature_secret: "${{env:UNSET}}"}}
  co2:
    event_types: [co2]
    config: {{url: https://ingest.example.com/co2}}
"""


class Watch:
    """A running `dcsync watch` that has said that it watches."""

    def __init__(
        self,
        folder: Path,
        environ: dict[str, str],
        *arguments: str,
        program: tuple[str, ...] = ("-m", "dcsync"),
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *program, "watch", *arguments],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.first_words = self._read(self.process.stderr)

    def words(self) -> str:
        """What it says next beside its events."""
        return self._read(self.process.stderr)

    def line(self) -> str:
        """The next event, as soon as it is there."""
        return self._read(self.process.stdout)

    def end(self) -> tuple[int, str, str]:
        """Its exit code and what else it printed."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    @staticmethod
    def _read(stream: Any) -> str:
        return str(stream.readline()).rstrip("\n")


Start = Callable[..., Watch]


@pytest.fixture
def fridge(cloud: emulator.Emulator, tmp_path: Path) -> str:
    """A device of the declared project `oslo`."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION)
    cloud.add_project("Oslo", OSLO)
    cloud.add_project("Bergen", BERGEN)
    return cloud.add_device(OSLO, "temperature", {"name": "Fridge", "room": "99"})


@pytest.fixture
def start(cloud: emulator.Emulator, tmp_path: Path, fridge: str) -> Iterator[Start]:  # noqa: ARG001 - declares
    """Starts `dcsync watch`; what still runs at the end is killed."""
    watches: list[Watch] = []

    def start(*arguments: str) -> Watch:
        watches.append(Watch(tmp_path, cloud.environ, *arguments))
        return watches[-1]

    yield start
    for watch in watches:
        watch.process.kill()
        watch.process.communicate()


@pytest.mark.slow
def test_events_are_lines_and_a_summary_ends_them(
    cloud: emulator.Emulator, fridge: str, start: Start
) -> None:
    """`--count` ends the watch with 0; the summary counts by connector and type."""
    other = cloud.add_device(BERGEN, "co2", {"name": "Office"})
    watch = start("--count", "2")
    assert watch.first_words == "watching 4 connectors in 2 projects"

    cloud.publish(OSLO, fridge, "temperature", {"value": 4.5, "updateTime": "2026-03-01T12:00:00Z"})
    first = watch.line()
    cloud.publish(BERGEN, other, "co2", {"ppm": 526, "updateTime": "2026-03-01T12:00:01Z"})
    second = watch.line()
    code, out, err = watch.end()

    assert [first, second, out] == [
        "2026-03-01 12:00:00.000  oslo  Fridge            room=99  temperature    4.5 °C",
        "2026-03-01 12:00:01.000  bergen  Office                     co2            526 ppm",
        "",
    ]
    assert code == 0
    head, *counts = err.splitlines()
    assert head.startswith("2 events in ")
    assert counts == ["  bergen/co2  co2 1", "  oslo/rooms  temperature 1"]


@pytest.mark.slow
def test_json_lines_are_the_events_as_they_came(
    cloud: emulator.Emulator, fridge: str, start: Start
) -> None:
    """Each event is one line of JSON, there at once, whoever reads it."""
    watch = start("--format", "json")
    for value in (1, 2):
        event = cloud.publish(OSLO, fridge, "temperature", {"value": value})
        assert watch.line() == json.dumps(event, separators=(",", ":"))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_the_normal_end(
    cloud: emulator.Emulator, fridge: str, start: Start, number: signal.Signals
) -> None:
    """Ctrl-C and SIGTERM end a watch with its summary and 0."""
    watch = start()
    cloud.publish(OSLO, fridge, "touch", {})
    watch.line()
    watch.process.send_signal(number)

    code, out, err = watch.end()

    assert (code, out) == (0, "")
    assert err.splitlines()[1:] == ["  oslo/rooms  touch 1"]


@pytest.mark.slow
def test_a_closed_pipe_ends_quietly(cloud: emulator.Emulator, fridge: str, start: Start) -> None:
    """`dcsync watch | head -1` ends without a word."""
    watch = start()
    watch.process.stdout.close()  # type: ignore[union-attr] # a pipe
    cloud.publish(OSLO, fridge, "touch", {})

    assert watch.process.wait(20) == 0
    assert watch.process.stderr.read() == ""  # type: ignore[union-attr] # a pipe


OUTCOMES: list[tuple[list[str], int, str]] = [
    (["--count", "1", "--duration", "0.5"], 4, "0 events in "),
    (["--duration", "0.5"], 0, "0 events in "),
    (["oslo/nothing"], 64, "oslo/nothing"),
    (["oslo/co2", "--event-type", "touch"], 64, "take none of the selected events"),
    (["--since", "tomorrow"], 64, "--since: 'tomorrow' is not a time in the past"),
    (["--since", "2999-01-01T00:00:00Z"], 64, "is not a time in the past"),
    (["--label", "=99"], 64, "--label: '=99' has no key"),
    (["--count", "0"], 64, "--count"),
    (["-f", "missing.yaml"], 1, "missing.yaml"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), OUTCOMES)
@pytest.mark.usefixtures("fridge")
def test_exit_codes(run: Run, arguments: list[str], code: int, words: str) -> None:
    """Too few in time is 4, wrong usage 64, a failure 1, and each says why in words."""
    answer = run("watch", *arguments)

    assert answer.returncode == code, answer.stderr
    assert words in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.usefixtures("fridge")
def test_a_project_that_cannot_be_watched_is_a_failure(run: Run, tmp_path: Path) -> None:
    """An unknown project is named; where none is left to watch, that is the end, with 1."""
    (tmp_path / "connectors.yaml").write_text(DECLARATION.replace(BERGEN, "c16pegipidie7lltrefg"))

    answer = run("watch", "-p", "bergen", "--count", "1", "--duration", "20")

    assert answer.returncode == 1
    assert "bergen: cannot be watched: " in answer.stderr
    assert "failed: bergen: cannot be watched: " in answer.stderr
    assert "incomplete" not in answer.stderr


NOTHING = f"dcsync: 1\nproject: {OSLO}\npolicy: {{prune: none}}\nconnectors: {{}}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["watch"], "there is nothing to watch"),
        (["verify", "--allow-quiet"], "Verify: 0 passed, 0 failed, 0 quiet, 0 skipped."),
        (["status"], "Status: 0 declared, 0 active, 0 in sync; 0 deliveries in 3 h, 0 failed."),
        (["status", "--format", "html"], "</html>"),
    ],
)
@pytest.mark.usefixtures("fridge")
def test_no_connectors_is_nothing_to_do(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    """`connectors: {}` is a declaration: the commands end at once, with 0."""
    (tmp_path / "connectors.yaml").write_text(NOTHING)

    answer = run(*arguments)

    assert words in answer.stdout + answer.stderr
    assert answer.returncode == 0


@pytest.mark.usefixtures("fridge")
def test_a_run_is_narrowed_to_what_changed(run: Run, tmp_path: Path) -> None:
    """`--changed-since` leaves out the projects whose files are as they were."""
    for arguments in (
        ["init", "-q"],
        ["add", "connectors.yaml"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)

    for command in ("watch", "verify", "status"):
        unchanged = run(command, "--changed-since", "HEAD")
        assert unchanged.returncode == (4 if command == "verify" else 0)
        assert "oslo" not in unchanged.stdout

    (tmp_path / "connectors.yaml").write_text(DECLARATION + "\n")
    assert "oslo/rooms" in run("status", "--changed-since", "HEAD").stdout


@pytest.mark.slow
def test_what_is_left_to_watch_is_told(cloud: emulator.Emulator, start: Start) -> None:
    """Once every project has joined or failed, the watch says how many it watches."""
    cloud.fail(f"*/{BERGEN}/devices", status=403, count=None)
    watch = start()
    first_words = {watch.first_words[:27], watch.words()[:27]}

    assert first_words == {"bergen: cannot be watched: ", "watching 2 connectors in 1 "}
