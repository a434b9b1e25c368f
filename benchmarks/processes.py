"""Runs programs and tells what they cost. The only file that starts processes to measure them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PYTHON = sys.executable
ROOT = Path(__file__).parents[1]

_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took, from its start to its end."""

    wall_s: float
    cpu_s: float


def dcsync() -> list[str]:
    """The installed command; where there is none, the module."""
    command = Path(PYTHON).with_name("dcsync")
    return [str(command)] if command.exists() else [PYTHON, "-m", "dcsync"]


def cost_of(
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    folder: Path = ROOT,
    output: Path = Path(os.devnull),
) -> Cost:
    """Run a command that must succeed; what it prints goes to `output`."""
    begun_s = time.perf_counter()
    with output.open("wb") as out:
        child = subprocess.Popen(
            command, cwd=folder, env=_environ(environ), stdout=out, stderr=subprocess.PIPE
        )
    assert child.stderr is not None
    said = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - begun_s
    child.stderr.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise ChildProcessError(f"{' '.join(command)}: {said.decode()}")
    return Cost(wall_s, used.ru_utime + used.ru_stime)


def cpu_between(
    moments_s: tuple[float, float], command: Sequence[str], environ: Mapping[str, str], folder: Path
) -> float | None:
    """Seconds of CPU that a command takes between two moments of its life; None if not on Linux."""
    if not Path("/proc/self/stat").exists():
        return None
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environ(environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        time.sleep(moments_s[0])
        before_s = _cpu_s(child.pid)
        time.sleep(moments_s[1] - moments_s[0])
        after_s = _cpu_s(child.pid)
        child.terminate()
    return after_s - before_s


def _cpu_s(pid: int) -> float:
    """User and system time so far, fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes(
    command: Sequence[str], environ: Mapping[str, str] | None = None, folder: Path = ROOT
) -> int:
    """The most memory that a command held.

    It is started by a small process: to Linux, a program has held what its parent held when it
    was started.
    """
    said = output_of([PYTHON, "-c", _LAUNCHER, *command], environ, folder)
    return int(said) * 1024


def output_of(
    command: Sequence[str], environ: Mapping[str, str] | None = None, folder: Path = ROOT
) -> str:
    """What a command that must succeed prints."""
    return subprocess.run(
        command, cwd=folder, env=_environ(environ), stdout=subprocess.PIPE, text=True, check=True
    ).stdout


@contextmanager
def serving(module: str, *arguments: str) -> Iterator[str]:
    """A server in a process of its own while the block runs; gives the first line it prints."""
    child = subprocess.Popen(
        [PYTHON, "-m", module, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        yield child.stdout.readline()
    finally:
        child.terminate()
        child.communicate()


def _environ(more: Mapping[str, str] | None) -> dict[str, str]:
    """Ours without what could change a run. Byte code is kept, as where dcsync is installed."""
    others = ("DT_", "DCSYNC_", "GITHUB_", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(others)}
    return {**kept, **(more or {})}
