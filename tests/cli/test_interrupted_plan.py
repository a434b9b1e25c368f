"""Ctrl-C while a plan is made: it ends at once, whatever it waits for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dcsync import emulator


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("project")
def test_a_plan_ends_at_once(
    declare_file: Callable[..., Path], cloud: emulator.Emulator, number: signal.Signals
) -> None:
    """130, no traceback, and nothing is waited for."""
    path = declare_file("\n  a: {config: {url: https://a.example.com}}")
    cloud.fail(method="GET", path="*/dataconnectors", delay_s=60)
    process = subprocess.Popen(
        [sys.executable, "-m", "dcsync", "plan", "-f", str(path)],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while cloud.calls.count("GET", "dataconnectors") == 0:
        assert process.poll() is None
        time.sleep(0.01)

    process.send_signal(number)
    _, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "Traceback" not in err
