"""Many sensors at once while the stream breaks again and again: nothing lost or doubled, and memory
does not grow."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from dcsync import emulator
from dcsync.watch.moments import text_of
from tests.storm.conftest import length
from tests.storm.test_killed_watches import DECLARATION, PROJECT

IS_LONG = "STORM" in os.environ
SENSORS = 1000 if IS_LONG else 40
BREAKS = 10
MOST_BEHIND_S = 5
"""How far the watch may be behind, in the cloud's seconds: so what a gap holds depends on this, and
not on how fast the machine is."""
MOST_GROWTH = 1.15
"""What is known of back-filled events stays, up to so many of each sensor; no leak is as small."""


@pytest.mark.slow
@pytest.mark.timeout(0 if IS_LONG else 120)
def test_a_burst_through_a_stream_that_breaks(tmp_path: Path) -> None:
    """An event a second of each sensor, seconds passing as fast as the machine can; some of them
    back-filled, and ten breaks, with events while there is no stream. Once all is printed, the
    watch holds as much after the tenth as after the second."""
    (tmp_path / "dcsync.yaml").write_text(DECLARATION)
    period_s = length(5 * BREAKS) // BREAKS
    clock = SharedClock(tmp_path / "clock")
    held_kb: list[int] = []
    with emulator.running(rate_limit=None, clock=clock) as cloud:
        burst = Burst(cloud, clock)
        with Watch(clock, cloud.environ, BREAKS * period_s * SENSORS + 1) as watch:
            assert cloud.wait_for_streams()
            for second in range(BREAKS * period_s):
                burst.pass_second(has_break=second % period_s == 0)
                watch.wait_for(len(burst.published) - MOST_BEHIND_S * SENSORS)
                if second % period_s == period_s - 1:
                    watch.wait_for(len(burst.published))
                    held_kb.append(watch.resident_kb())
            burst.publish(0)

    assert watch.code == 0, watch.said
    assert Counter(watch.printed) == Counter(burst.published)
    assert held_kb[-1] <= MOST_GROWTH * held_kb[1], held_kb


class SharedClock(emulator.ManualClock):
    """Of the cloud and of another process: the time at which a file was changed last."""

    def __init__(self, path: Path) -> None:
        super().__init__(time.time())
        self.path = path
        path.touch()
        self.advance(0)

    def advance(self, seconds: float) -> None:
        """For all."""
        os.utime(self.path, (self.now() + seconds,) * 2)
        super().advance(seconds)


_DCSYNC = """
import os, sys, time
path = sys.argv.pop(1)
time.time = lambda: os.stat(path).st_mtime
from dcsync.cli import process
process()
"""


class Burst:
    """Publishes a second after the other; `published` are the eventIds."""

    def __init__(self, cloud: emulator.Emulator, clock: SharedClock) -> None:
        self._cloud, self._clock = cloud, clock
        cloud.add_project("Oslo", PROJECT)
        self._devices = [cloud.add_device(PROJECT, "temperature", {}) for _ in range(SENSORS)]
        self._chance, self._late_s = random.Random(18), 3600.0
        self.published: list[str] = []

    def pass_second(self, *, has_break: bool) -> None:
        """An event of each sensor; a break comes in the middle."""
        for number in range(SENSORS):
            if has_break and number == SENSORS // 2:
                self._cloud.close_streams()
            self.publish(number)
        self._clock.advance(1.0)

    def publish(self, number: int) -> None:
        """An event of a sensor; one in fifty is back-filled, and always from within the 30 days
        that history holds."""
        data: dict[str, object] = {"value": len(self.published)}
        if self._chance.random() < 0.02:
            self._late_s += 10.0
            moment = text_of(self._clock.now() - self._late_s)
            data |= {"updateTime": moment, "isBackfilled": True}
        event = self._cloud.publish(PROJECT, self._devices[number], "temperature", data)
        self.published.append(str(event["eventId"]))


class Watch:
    """`dcsync watch`, which ends once it has printed so many events; `printed` are their ids."""

    def __init__(self, clock: SharedClock, environ: dict[str, str], count: int) -> None:
        self.printed: list[str] = []
        self.code: int | None = None
        self.said = ""
        self._has_printed, self._is_over = threading.Condition(), False
        folder, command = clock.path.parent, ["watch", "--format", "json", f"--count={count}"]
        self._err = folder / "err"
        with self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _DCSYNC, str(clock.path), *command],
                cwd=folder,
                env={**os.environ, **environ},
                stdout=subprocess.PIPE,
                stderr=err,
            )
        self._reader = threading.Thread(target=self._read)

    def __enter__(self) -> Watch:
        self._reader.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self._process.kill()
        self.code = self._process.wait()
        self._reader.join()
        self.said = self._err.read_text()

    def wait_for(self, count: int) -> None:
        """Until it has printed so many events, or has ended."""
        with self._has_printed:
            self._has_printed.wait_for(lambda: len(self.printed) >= count or self._is_over)

    def resident_kb(self) -> int:
        """Its memory at this moment; 0 where that cannot be told."""
        path = Path(f"/proc/{self._process.pid}/status")
        lines = path.read_text().splitlines() if path.exists() else []
        return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                with self._has_printed:
                    self.printed.append(json.loads(line)["eventId"])
                    self._has_printed.notify()
        with self._has_printed:
            self._is_over = True
            self._has_printed.notify()
