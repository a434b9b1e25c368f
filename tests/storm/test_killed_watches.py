"""`watch --resume`, killed at random moments: what all runs printed is what was published."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dcsync import emulator
from dcsync.emulator.remote import RemoteEmulator
from dcsync.watch.moments import text_of
from tests.storm.conftest import KILLS, length

PROJECT = "c0md3pm0p7bet3vico8g"
DECLARATION = f"""
dcsync: 1
project: {PROJECT}
policy: {{prune: none}}
connectors: {{all: {{config: {{url: https://ingest.example.com}}}}}}
"""
MOST_DELAY_S = 1.0
LAST_RUNS = 10
OPTIONS = ("--format", "json", "--resume", "watch.state")


class Publisher:
    """Publishes from a thread of its own, counts what the cloud took, and cuts streams."""

    def __init__(self, cloud: RemoteEmulator, seed: int) -> None:
        self._cloud, self._random = cloud, random.Random(seed)
        self._devices = [cloud.add_device(PROJECT, "temperature", {"name": f"T{n}"}) for n in "abc"]
        self._door = cloud.add_device(PROJECT, "contact", {"name": "Door"})
        self._stopped = threading.Event()
        self._backfilled_s = 3600.0
        self.published: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Publisher:
        self._publish(self._devices[0], "temperature", value=0)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._random.choice([0.0, 0.0, 0.01, 0.05])):
            self._step()

    def _step(self) -> None:
        device_id = self._random.choice(self._devices)
        chance = self._random.random()
        if chance < 0.02:
            self._cloud.close_streams()
        elif chance < 0.1:
            self._backfill(device_id)
        elif chance < 0.4:
            self._publish(self._door, "contact", state=self._random.choice(["OPEN", "CLOSED"]))
        else:
            self._publish(device_id, "temperature", value=len(self.published))

    def _backfill(self, device_id: str) -> None:
        """Something that was measured long ago, the newest first; never beyond the history, however
        long the storm."""
        self._backfilled_s += 10.0 * self._random.randint(1, 3)
        moment = text_of(time.time() - self._backfilled_s)
        fields = {"value": self._backfilled_s, "updateTime": moment, "isBackfilled": True}
        self._publish(device_id, "temperature", **fields)

    def _publish(self, device_id: str, event_type: str, **data: Any) -> None:
        event = self._cloud.publish(PROJECT, device_id, event_type, data)
        self.published.append(event["eventId"])


class Runs:
    """One `dcsync watch --resume` after another; `printed` is what each has printed."""

    def __init__(self, folder: Path, cloud: RemoteEmulator) -> None:
        self._folder = folder
        self._environ = {**os.environ, **cloud.environ}
        self.printed: list[list[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        with self._out().open("w") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "dcsync", "watch", *OPTIONS, *arguments],
                cwd=self._folder,
                env=self._environ,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            )

    def kill(self, after_s: float, *, once_written: bool) -> None:
        """Start one, and kill it so long after its start, or after the first line it printed."""
        process = self.start()
        while once_written and process.poll() is None and not self._out().stat().st_size:
            time.sleep(0.01)
        with suppress(subprocess.TimeoutExpired):
            process.wait(after_s)
        process.kill()
        code, said = self.ended(process)
        assert code == -signal.SIGKILL, said

    def finish(self) -> tuple[int, str]:
        """Let runs come to their end until one has seen everything: 4 is what an earlier one says
        that was given too little time for all that is missing."""
        for _ in range(LAST_RUNS):
            code, said = self.ended(self.start("--duration", "6"))
            if code != 4:
                break
        return code, said

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """The exit code, and what was said."""
        _, said = process.communicate(timeout=50)
        lines = self._out().read_text().splitlines(keepends=True)
        cut_off = [line for line in lines if not line.endswith("\n")]
        self.printed.append([json.loads(line)["eventId"] for line in lines if line not in cut_off])
        return process.returncode, said

    def _out(self) -> Path:
        return self._folder / f"{len(self.printed)}.jsonl"


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_watch_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """All runs together print what was published; twice at most the last line of a killed run."""
    chance = random.Random(18)
    (tmp_path / "dcsync.yaml").write_text(DECLARATION)
    with emulator.process(rate_limit=None) as cloud:
        cloud.add_project("Oslo", PROJECT)
        runs = Runs(tmp_path, cloud)
        with Publisher(cloud, 18) as publisher:
            assert runs.ended(runs.start("--count", "1"))[0] == 0
            for number in range(length(25)):
                runs.kill(chance.uniform(0.0, MOST_DELAY_S), once_written=number % 2 == 0)
                KILLS.update(killed=1, written=bool(runs.printed[-1]))
        code, said = runs.finish()

    assert code == 0, said
    check(publisher.published, runs.printed, killed=runs.printed[1 : 1 + length(25)])


def check(published: list[str], printed: list[list[str]], killed: list[list[str]]) -> None:
    """Every event, each once, but for the last line of a run that was killed."""
    counts = Counter(event_id for run in printed for event_id in run)
    assert not set(published[published.index(printed[0][0]) :]) - counts.keys()
    assert not counts.keys() - set(published)
    twice = {event_id: count for event_id, count in counts.items() if count > 1}
    assert twice.keys() <= {run[-1] for run in killed if run}
    assert set(twice.values()) <= {2}
