"""Ends the process at once where a signal asks for it: from its first moment, without a traceback.

Nothing heavy is imported here, so that as little as possible runs before the signals are obeyed.
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
    """End as interrupted, whatever the threads are doing."""
    say(message)
    os._exit(INTERRUPTED)


def say(message: str) -> None:
    """Straight to standard error: its buffer may be in use where the signal came."""
    try:
        start = f"{SHOW_CURSOR}\n" if os.isatty(2) else ""
        os.write(2, f"{start}dcsync: {message}\n".encode())
    except OSError:
        pass  # nobody is left to hear it


def _obey(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - a handler's
    leave("interrupted")
