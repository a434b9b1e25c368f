"""Ends the process on a signal, from its first moment on and without a traceback.

Imports nothing heavy, so that signals are handled as early as possible.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes 10 ms to import
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

INTERRUPTED = 130
SHOW_CURSOR = "\033[?25h"


def obey_signals() -> None:
    """From now on SIGINT, SIGTERM and SIGHUP end the process; `nohup` is respected."""
    _signal.signal(_signal.SIGINT, _obey)
    _signal.signal(_signal.SIGTERM, _obey)
    if _signal.getsignal(_signal.SIGHUP) is not _signal.SIG_IGN:
        _signal.signal(_signal.SIGHUP, _obey)


def leave(message: str) -> NoReturn:
    """Exit as interrupted, whatever other threads are doing."""
    say(message)
    os._exit(INTERRUPTED)


def say(message: str) -> None:
    """Write directly to standard error, whose buffer may be in use when the signal arrives."""
    try:
        start = f"{SHOW_CURSOR}\n" if os.isatty(2) else ""
        os.write(2, f"{start}dcsync: {message}\n".encode())
    except OSError:
        pass  # standard error is closed


def _obey(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - a handler's
    leave("interrupted")
