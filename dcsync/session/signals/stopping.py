"""Handles Ctrl-C, SIGTERM and SIGHUP in commands that change the cloud."""

from __future__ import annotations

import threading
from types import FrameType, TracebackType
from typing import Self

from dcsync.session.signals.leaving import leave, say
from dcsync.session.signals.termination import Handling, handle, restore


class Interruption:
    """Handles the signals while it is entered.

    Before `begin` nothing was changed: the process ends at once. After it, calls in flight are
    completed, and a second signal ends the process; then `afterwards` says how to see what was
    done.
    """

    def __init__(self, afterwards: str = "run 'dcsync plan' to see what was done") -> None:
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
        """Whether a stop was requested."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Wait `seconds`, or until a stop is requested."""
        self._asked.wait(seconds)

    def _obey(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler's
        if not self._has_begun:
            leave("interrupted, nothing was changed")
        if self.asked:
            leave(f"stopped at once: {self._afterwards}")
        self._asked.set()
        say("stopping: waiting for the calls in flight; interrupt again to stop at once")
