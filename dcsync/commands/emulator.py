"""`dcsync emulator`: run the embedded cloud until a signal ends it."""

from __future__ import annotations

import shlex
import signal
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from dcsync import emulator
from dcsync.emulator.switches import parse_switch
from dcsync.errors import CommandLineError, DcsyncError
from dcsync.options.of_servers import EmulatorOptions
from dcsync.render.words import lines, visible
from dcsync.session.files.announcement import announced
from dcsync.session.output.console import Console
from dcsync.session.result import Result


def run(options: EmulatorOptions, console: Console) -> Result:
    """Print the variables that point dcsync at the cloud, and wait for the end."""
    ended = _on_signal()
    with ExitStack() as stack:
        cloud = _start(options, stack)
        if console.verbosity:
            cloud.calls.on_call = lambda call: console.note(
                visible(f"{call.status or 'dropped'} {call.method} {call.path}")
            )
        exports = [f"export {name}={shlex.quote(value)}" for name, value in cloud.environ.items()]
        if options.env_file:
            text = "\n".join(exports) + "\n"
            stack.enter_context(announced(Path(options.env_file), text))
        console.result(lines(map(visible, exports)))
        where = f"A DT cloud on {cloud.base_url}."
        console.note(visible(f"{where} Paste these lines into another shell; Ctrl-C ends it."))
        console.note(visible(f"Its deliveries are signed by {cloud.issuer} (receive --issuer)."))
        if not console.is_cut:
            ended.wait()
    return Result()


def _start(options: EmulatorOptions, stack: ExitStack) -> emulator.Emulator:
    running = emulator.running(
        port=options.port,
        rate=options.rate,
        seed=Path(options.seed) if options.seed else emulator.DEFAULT_SEED,
        state=Path(options.state) if options.state else None,
        **{"past_s": options.history, **_switches(options.switches)},
    )
    try:
        return stack.enter_context(running)
    except (ValueError, OverflowError) as error:
        raise DcsyncError(str(error)) from None
    except OSError as error:
        raise DcsyncError(str(error.strerror)) from None


def _on_signal() -> threading.Event:
    """Set at the first Ctrl-C or SIGTERM: the ordinary end of this command."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _switches(texts: Sequence[str]) -> dict[str, Any]:
    try:
        switches = dict(map(parse_switch, texts))
        emulator.Switches().changed(switches)
    except ValueError as error:
        raise CommandLineError(str(error)) from None
    return switches
