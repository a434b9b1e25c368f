"""`backfill` on a terminal: the question, and the bar."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from dcsync import emulator
from tests.backfill.conftest import Receiver

OSLO = "c0md3pm0p7bet3vico8g"
QUESTION = "Only 'yes' will be accepted to approve: "
BAR = f"left 0 of 1 device: {OSLO}/ingest".encode()


def typed(
    answer: str, folder: Path, environ: dict[str, str], drawn: threading.Event
) -> tuple[int, str]:
    """The exit code of a backfill whose question gets this answer, and all that its terminal
    showed. `drawn` is set once the bar is there."""
    terminal, own = pty.openpty()
    shown = b""
    with subprocess.Popen(
        [sys.executable, "-m", "dcsync", "backfill", f"{OSLO}/ingest", "--since", "2h"],
        cwd=folder,
        env={**os.environ, **environ, "TERM": "xterm", "COLUMNS": "140"},
        stdin=own,
        stdout=own,
        stderr=own,
    ) as process:
        os.close(own)
        with suppress(OSError):  # its end
            while piece := os.read(terminal, 65536):
                shown += piece
                if BAR in shown:
                    drawn.set()
                if answer and shown.endswith(QUESTION.encode()):
                    os.write(terminal, answer.encode())
                    answer = ""
    os.close(terminal)
    return process.returncode, shown.decode().replace("\r\n", "\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        ("yes\n", 0, "Backfill: "),
        ("y\n", 3, "nothing was delivered: not approved"),
    ],
    ids=["yes", "y"],
)
def test_a_person_is_asked(
    answer: str, code: int, said: str, endpoint: Receiver, tmp_path: Path
) -> None:
    """After it is said how much it is; only yes begins, and then the bar counts events."""
    (tmp_path / "dcsync.yaml").write_text(f"""
dcsync: 1
project: {OSLO}
policy: {{prune: none}}
connectors: {{ingest: {{config: {{url: "{endpoint.url}"}}}}}}
""")
    drawn = threading.Event()

    def answered(number: int) -> int:
        if number == 20:
            drawn.wait(20)
        return 200

    endpoint.answer = answered
    with emulator.running(
        rate_limit=None, past_s=7200.0, heartbeat_s=300.0, random_seed=1
    ) as cloud:
        cloud.add_project("Oslo", OSLO)
        cloud.add_device(OSLO, "temperature", {"name": "Fridge"}, "dc0t5vro6h15oko00001")
        ended, shown = typed(answer, tmp_path, cloud.environ, drawn)

    assert ended == code, shown
    assert "1 call, to http" in shown.partition(QUESTION)[0]
    assert said in shown
    assert bool(endpoint.bodies) == (code == 0)
    assert ("delivering events" in shown) == (code == 0)
    assert drawn.is_set() == (code == 0)
