"""Ends the process on a signal, from its first moment on and without a traceback.

Imports nothing heavy, so that signals are handled as early as possible.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes 10 ms to import
import _thread
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


def wake_main_thread() -> None:
    """From now on no signal leaves the main thread, which runs all handlers, waiting.

    Opens two files: those of the standard streams must be open.

    The kernel may hand a signal to any thread, and what the main one waits for without end is then
    not cut short. But each is written to a file, so a thread that reads it passes on a signal that
    stands for nothing.
    """
    try:
        reader, writer = os.pipe()
        _thread.start_new_thread(_pass_on, (reader, _thread.get_ident()))
    except (OSError, RuntimeError):
        return  # no file or thread is left: whatever needs one says so
    os.set_blocking(writer, False)
    _signal.signal(_signal.SIGURG, lambda *_: None)
    _signal.set_wakeup_fd(writer, warn_on_full_buffer=False)


def _pass_on(reader: int, main_thread: int) -> None:
    while came := os.read(reader, 1):
        if came[0] != _signal.SIGURG:
            _signal.pthread_kill(main_thread, _signal.SIGURG)


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
