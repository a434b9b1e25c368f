"""A signal that the kernel hands to another thread than the one that obeys it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import signal, sys, threading
from dcsync.session.signals import leaving
{more}

leaving.obey_signals()
leaving.wake_main_thread()
{handlers}
main = threading.get_ident()

def take():
    "The kernel may choose any thread; this one chooses itself, once the main one waits."
    at = None
    while at != (at := sys._current_frames()[main].f_lasti):
        threading.Event().wait(0.05)
    signal.pthread_kill(threading.get_ident(), signal.{name})

threading.Thread(target=take, daemon=True).start()
{wait}
print("ended")
"""


def _ended(**parts: str) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(**parts)
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_wait_whichever_thread_takes_it(number: signal.Signals) -> None:
    """Python runs handlers in the main thread only, and a wait there is not cut short by a signal
    that another thread took."""
    ran = _ended(name=number.name, more="", handlers="", wait="threading.Event().wait()")

    assert (ran.returncode, ran.stdout) == (130, "")
    assert ran.stderr == "dcsync: interrupted\n"


def test_handlers_of_a_command_are_run_as_soon() -> None:
    """Such as those of the emulator, which set an event; and each once."""
    ran = _ended(
        name="SIGTERM",
        more="came = []; ended = threading.Event()",
        handlers="signal.signal(signal.SIGTERM, lambda *_: (came.append(1), ended.set()))",
        wait="ended.wait(); print(len(came))",
    )

    assert (ran.returncode, ran.stdout) == (0, "1\nended\n")


def test_what_needs_no_file_runs_without_one() -> None:
    """Where none is left to open, signals are obeyed as well as without."""
    script = (
        "import resource; from dcsync.session.signals import leaving;"
        " resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3));"
        " leaving.wake_main_thread(); print('goes on')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=20, check=False
    )

    assert (ran.stdout, ran.stderr) == ("goes on\n", "")
