"""Ctrl-C, SIGTERM and SIGHUP in a command that changes the cloud: never a half-told story."""

from __future__ import annotations

import threading
from types import FrameType, TracebackType
from typing import Self

from dcsync.session.leaving import leave, say
from dcsync.session.termination import Handling, handle, restore


class Interruption:
    """While it is entered, the signals are obeyed here.

    Before `begin` nothing was changed yet: the process ends at once, whatever its threads are
    reading. After it what is in flight is finished, and a second signal ends the process; then
    `afterwards` says where to see what was done.
    """

    def __init__(self, afterwards: str = "see with 'dcsync plan' what was done") -> None:
        self._afterwards = afterwards
        self._has_begun = False
        self._asked = threading.Event()
        self._before: Handling = {}

    def __enter__(self) -> Self:
        self._before = handle(self._obey)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        restore(self._before)

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
            leave("interrupted, nothing was changed")
        if self.asked:
            leave(f"stopped at once: {self._afterwards}")
        self._asked.set()
        say("stopping: what is in flight is finished; again to stop at once")
