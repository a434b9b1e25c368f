"""`dcsync` as processes of its own, forked from one that has imported it: many can be killed."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.connection import wait
from pathlib import Path

from dcsync.cli import process as become_dcsync
from tests.cli.conftest import Ended

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "dcsync.commands.apply", "urllib3", "jsonschema"])


class Process:
    """A run of the command line in a folder, with this process's environment."""

    def __init__(self, number: int, folder: Path, *arguments: str) -> None:
        self._streams = [folder / f"{number}.{name}" for name in ("out", "err")]
        self._process = _FORKS.Process(
            target=_become, args=(arguments, folder, self._streams, dict(os.environ))
        )
        self._process.start()

    def send(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self._process.pid is not None and not wait([self._process.sentinel], 0):
            os.kill(self._process.pid, number)

    def await_death(self) -> None:
        """Wait until it is gone."""
        assert wait([self._process.sentinel], 30)

    def end(self) -> Ended:
        """How it ended; minus the signal that killed it."""
        self._process.join(50)
        code = self._process.exitcode
        assert code is not None, "it hangs"
        ended = Ended(code, *(each.read_text("utf-8") for each in self._streams))
        assert "Traceback" not in ended.err, "it never became dcsync, or has a bug"
        return ended


def _become(
    arguments: tuple[str, ...], folder: Path, streams: list[Path], environ: dict[str, str]
) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for number, path in enumerate(streams, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["dcsync", *arguments]
    become_dcsync()
