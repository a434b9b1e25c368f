"""`dcsync emulator`: run the embedded cloud until a signal ends it."""

from __future__ import annotations

import argparse
import shlex
import signal
import threading
from pathlib import Path

from dcsync import emulator
from dcsync.commands.console import Console
from dcsync.commands.result import Result
from dcsync.emulator.switches import parse_switch
from dcsync.errors import UsageError


def run(arguments: argparse.Namespace, console: Console) -> Result:
    """Print the variables that point dcsync at the cloud, and wait for the end."""
    ended = _on_signal()
    seed = Path(arguments.seed) if arguments.seed else emulator.DEFAULT_SEED
    try:
        with emulator.running(
            port=arguments.port,
            rate=arguments.rate,
            seed=seed,
            state=Path(arguments.state) if arguments.state else None,
            **dict(map(parse_switch, arguments.switches)),
        ) as cloud:
            _announce(cloud, arguments.env_file, console)
            ended.wait()
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"cannot listen on port {arguments.port}: {error.strerror}") from None
    return Result()


def _on_signal() -> threading.Event:
    """Set at the first Ctrl-C or SIGTERM: the ordinary end of this command."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _announce(cloud: emulator.Emulator, env_file: str | None, console: Console) -> None:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in cloud.environ.items()]
    if env_file:
        path = Path(env_file)
        draft = path.with_name(f"{path.name}.part")
        draft.touch(mode=0o600)
        draft.write_text("\n".join(lines) + "\n", "utf-8")
        draft.replace(path)  # whole or not there: scripts wait for it
    console.result("\n".join(lines))
    console.note(
        f"DT cloud on {cloud.base_url}. Put the lines above into another shell; Ctrl-C ends."
    )
