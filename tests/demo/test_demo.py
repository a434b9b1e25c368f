"""`make demo` tells its story to the end, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def processes_of(group: int) -> list[str]:
    """What runs in a process group; a zombie is not running."""
    listing = subprocess.run(
        ["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 2) for line in listing.stdout.splitlines())
    return [args for pgid, stat, args in rows if int(pgid) == group and not stat.startswith("Z")]


def end_in_time(group: int) -> bool:
    """Whether all of a group end; a command that was just started ends by itself."""
    deadline = time.monotonic() + 15
    while processes_of(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return processes_of(group) == []


def start_demo() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def test_the_demo_ends_well_and_leaves_nothing_running() -> None:
    """Every step is what it should be, deliveries arrive signed, and all processes are gone."""
    demo = start_demo()

    story, _ = demo.communicate(timeout=55)

    assert demo.returncode == 0, story
    assert "No changes. 2 connectors match." in story
    assert "[signed: X-Dt-Signature" in story
    assert processes_of(demo.pid) == []


def test_an_ended_demo_leaves_nothing_running() -> None:
    """SIGTERM in the middle takes the cloud and the receiver along."""
    demo = start_demo()
    assert demo.stdout is not None
    for line in demo.stdout:
        if "dcsync validate" in line:
            break

    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=30)

    assert demo.returncode != 0
    assert end_in_time(demo.pid)
