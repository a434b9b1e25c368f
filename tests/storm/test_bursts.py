"""Many sensors at once while the stream breaks again and again: nothing lost or doubled, and memory
does not grow."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.watch.moments import text_of
from tests.storm.conftest import length
from tests.storm.test_killed_watches import DECLARATION, PROJECT

IS_LONG = "STORM" in os.environ
SENSORS = 1000 if IS_LONG else 40
BREAKS = 10
MOST_GROWTH = 1.25


@pytest.mark.timeout(0)
def test_a_burst_through_a_stream_that_breaks(tmp_path: Path) -> None:
    """An event a second of each sensor, seconds passing as fast as the machine can; some of them
    back-filled, and ten breaks, with events while there is no stream."""
    (tmp_path / "dcsync.yaml").write_text(DECLARATION)
    with emulator.running(rate_limit=None) as cloud:
        cloud.add_project("Oslo", PROJECT)
        devices = [cloud.add_device(PROJECT, "temperature", {}) for _ in range(SENSORS)]
        seconds = length(BREAKS)
        with watching(tmp_path, cloud.environ, seconds * SENSORS) as watch:
            assert watch.stderr is not None
            assert watch.stderr.readline().startswith(b"watching 1 connector")
            published: list[str] = []
            peaks: list[int] = []
            for second in burst(cloud, devices, seconds):
                published += second
                peaks.append(resident_kb(watch.pid))
            said = watch.stderr.read().decode()

    printed = [json.loads(line)["eventId"] for line in (tmp_path / "out").read_text().splitlines()]
    assert watch.returncode == 0, said
    assert Counter(printed) == Counter(published)
    if IS_LONG and sys.platform == "linux":
        tenth = len(peaks) // 10
        assert max(peaks) <= MOST_GROWTH * max(peaks[: 3 * tenth]), peaks[:: max(tenth, 1)]


def watching(folder: Path, environ: dict[str, str], count: int) -> subprocess.Popen[bytes]:
    """Ends by itself once it has printed so many events."""
    command = ["watch", "--format", "json", "--count", str(count), "--duration", "3000"]
    with (folder / "out").open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "dcsync", *command],
            cwd=folder,
            env={**os.environ, **environ},
            stdout=out,
            stderr=subprocess.PIPE,
        )


def burst(cloud: emulator.Emulator, devices: list[str], seconds: int) -> Iterator[list[str]]:
    """The eventIds of each second; ten of the seconds have a break in their middle."""
    chance, every, late_s = random.Random(18), max(seconds // BREAKS, 1), 3600.0
    for second in range(seconds):
        ids = []
        for number, device_id in enumerate(devices):
            if second % every == every - 1 and number == len(devices) // 2:
                cloud.close_streams()
            data: dict[str, object] = {"value": second}
            if chance.random() < 0.05:
                late_s += 60.0
                data |= {"updateTime": text_of(time.time() - late_s), "isBackfilled": True}
            ids.append(str(cloud.publish(PROJECT, device_id, "temperature", data)["eventId"]))
        yield ids


def resident_kb(pid: int) -> int:
    """The memory of a process at this moment; 0 where that cannot be told."""
    path = Path(f"/proc/{pid}/status")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)
