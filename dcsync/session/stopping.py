"""Ctrl-C and SIGTERM in a command that changes the cloud: never a half-told story."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Self

INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)
SHOW_CURSOR = "\033[?25h"


class Interruption:
    """While it is entered, the two signals are obeyed here.

    Before `begin` nothing was changed yet: the process ends at once, whatever its threads are
    reading. After it what is in flight is finished, and a second signal ends the process.
    """

    def __init__(self) -> None:
        self._has_begun = False
        self._asked = threading.Event()
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._obey) for number in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def begin(self) -> None:
        """From now on the cloud is changed."""
        self._has_begun = True

    @property
    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks to stop."""
        self._asked.wait(seconds)

    def _obey(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's
        if not self._has_begun:
            _leave("interrupted, nothing was changed")
        if self.asked:
            _leave("stopped at once: see with 'dcsync plan' what was done")
        self._asked.set()
        _say("stopping: what is in flight is finished; again to stop at once")


def _leave(message: str) -> None:
    _say(message)
    os._exit(INTERRUPTED)


def _say(message: str) -> None:
    """Straight to standard error: its buffer may be in use where the signal came."""
    start = f"{SHOW_CURSOR}\n" if os.isatty(2) else ""
    os.write(2, f"{start}dcsync: {message}\n".encode())
