"""Runs one command and turns its result into the exit code. The only place that knows exit
codes."""

from __future__ import annotations

import gc
import os
import sys

from dcsync import __version__
from dcsync.session.output import sink
from dcsync.session.signals import leaving

TYPE_CHECKING = False  # importing typing takes longer than this whole file
if TYPE_CHECKING:
    from typing import NoReturn

    from dcsync.options.shared import Options
    from dcsync.session.output.console import Console
    from dcsync.session.result import Result

# docs/contract.md section 2; the first that holds.
USAGE, INTERRUPTED, PARTIAL, FAILED, REFUSED, MISSED, CHANGES, DONE = 64, 130, 5, 1, 3, 4, 2, 0


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    out = sink.Sink.of(sys.stdout)
    if argv == ["--version"]:  # before slow imports
        out.write(f"dcsync {__version__}\n")
        out.flush()
        if not out.failure:
            return DONE
    try:
        return _run(argv)
    except Exception as error:  # noqa: BLE001 - the command could not be imported
        leaving.say(f"cannot start: {getattr(error, 'strerror', None) or type(error).__name__}")
        return FAILED


def process() -> NoReturn:
    """Run the command as its own process, and exit at once.

    Otherwise Python would tear down its modules first, 40 ms of the 300 that a small plan takes,
    and wait for calls that an interrupted command no longer needs. While modules are imported
    nothing becomes garbage; to look for it is 6 % of that plan.
    """
    gc.disable()
    leaving.obey_signals()
    sink.open_standard_streams()
    leaving.wake_main_thread()
    os._exit(main())


def _run(argv: list[str]) -> int:
    from dcsync.arguments import parse
    from dcsync.errors import CommandLineError
    from dcsync.session.failures import explain
    from dcsync.session.output.console import Console
    from dcsync.session.result import Result

    console = Console.of("never")
    try:
        options = parse(argv or ["--help"])
    except CommandLineError as error:
        return _finish(explain(error, console), console)
    except SystemExit:  # --help, --version
        return _finish(Result(), console)
    output = options.output
    console = Console.of(output.color, quiet=output.quiet, verbosity=output.verbose)
    console.sinks[0].encode_for(options.format)
    return run(options, console)


def run(options: Options, console: Console) -> int:
    """Run the chosen command; an expected error becomes a message, a bug a log file."""
    from importlib import import_module

    from dcsync.arguments import module_of
    from dcsync.session.failures import explain

    try:
        os.getcwd()  # noqa: PTH109 - FileNotFoundError where it was deleted
        command = import_module(module_of(options.command))
        _look_for_garbage()
        result = command.run(options, console)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - no traceback, which may hold values
        result = explain(error, console)
    return _finish(result, console)


def _look_for_garbage() -> None:
    """From now on, but never again among what was imported."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _finish(result: Result, console: Console) -> int:
    """Report last what could not be written; it makes the run a failed one."""
    from dcsync.dataclass import replace
    from dcsync.render.words import visible
    from dcsync.session.failures import message_of

    if result.bug:
        console.problem(message_of(result.bug))
    console.flush()
    if console.failure:
        console.problem(visible(f"dcsync: standard output: {console.failure}"))
        result = replace(result, failed=True)
    return exit_code(result)


def exit_code(result: Result) -> int:
    """The code for a command's result: the first rule that holds."""
    rules = (
        (result.misused, USAGE),
        (result.interrupted, INTERRUPTED),
        (result.changed and (result.failed or result.refused), PARTIAL),
        (result.failed, FAILED),
        (result.refused, REFUSED),
        (result.missed, MISSED),
        (result.has_changes, CHANGES),
    )
    return next((code for holds, code in rules if holds), DONE)
