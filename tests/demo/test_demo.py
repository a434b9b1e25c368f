"""`make demo` tells its story to the end, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def is_empty(group: int) -> bool:
    """Whether nothing of a process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def ends_in_time(group: int) -> bool:
    """Whether all of a group end; a command that was just started ends by itself."""
    deadline = time.monotonic() + 15
    while not is_empty(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_empty(group)


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


@pytest.mark.slow
def test_the_demo_ends_well_and_leaves_nothing_running() -> None:
    """Every step is what it should be, deliveries arrive signed, and all processes are gone."""
    demo = start_demo()

    story, _ = demo.communicate(timeout=55)

    assert demo.returncode == 0, story
    assert "No changes. 2 connectors match." in story
    assert "[signed: X-Dt-Signature" in story
    assert is_empty(demo.pid)


@pytest.mark.slow
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
    assert ends_in_time(demo.pid)
