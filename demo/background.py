"""Starts and stops the two background processes of the demo: the cloud and the receiver."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DCSYNC = (sys.executable, "-m", "dcsync")
PATIENCE_S = 15.0


@contextmanager
def background(
    *arguments: str, ready: Path, output: Path, environ: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run `dcsync ARGUMENTS` until the block ends; yields what it wrote to `ready`."""
    with output.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            [*DCSYNC, *arguments],
            stdout=stream,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environ or {})},
        )
        try:
            yield _wait_for(ready, process)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and (text := path.read_text("utf-8")).endswith("\n"):
            return text
        time.sleep(0.02)
    raise SystemExit(f"demo: {path.name} was never written: its process did not start")
