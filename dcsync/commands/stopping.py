"""Ctrl-C and SIGTERM while the cloud is being changed: finish, start nothing new, report."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from dcsync.commands.console import Console


@contextmanager
def stopping(console: Console) -> Iterator[Callable[[], bool]]:
    """Whether somebody asked to stop. A second signal ends the process at once, with 130."""
    received: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if received:
            os._exit(130)
        received.append(number)
        console.problem("stopping: what is in flight is finished; again to stop at once")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(received)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
