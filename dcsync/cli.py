"""Arguments to one command, its result to the exit code. The only place that knows exit codes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from dcsync import __version__

if TYPE_CHECKING:
    import argparse

    from dcsync.session.console import Console
    from dcsync.session.result import Result

# CONTRACT section 2; the first that holds.
USAGE, INTERRUPTED, PARTIAL, FAILED, REFUSED, MISSED, CHANGES, DONE = 64, 130, 5, 1, 3, 4, 2, 0


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    argv = sys.argv[1:] if argv is None else argv
    if argv == ["--version"]:  # before any import that costs time
        print(f"dcsync {__version__}")  # noqa: T201 - the one thing printed outside commands
        return DONE
    from dcsync.arguments import parse
    from dcsync.errors import CommandLineError
    from dcsync.render.words import error_text
    from dcsync.session.console import Console

    try:
        arguments = parse(argv)
    except CommandLineError as error:
        Console(sys.stdout, sys.stderr).problem(error_text(error))
        return USAGE
    except SystemExit:  # --help, --version
        return DONE
    console = Console.of(arguments.color, quiet=arguments.quiet, verbosity=arguments.verbose)
    return run(arguments, console)


def process() -> NoReturn:
    """The command as a process of its own, which ends at once.

    Python would take its modules apart first, 40 ms of the 300 that a small plan takes, and wait
    for calls that an interrupted command no longer wants.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
    code = main()
    with suppress(OSError):  # told already, or nobody is left to tell
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Run the chosen command; an expected error becomes a message, a bug a log file."""
    from importlib import import_module

    from dcsync.arguments import module_of
    from dcsync.errors import DcsyncError, DeclarationError
    from dcsync.render.words import error_text, visible

    try:
        command = import_module(module_of(arguments.command))
        return exit_code(command.run(arguments, console))
    except DeclarationError as error:
        import_module("dcsync.session.problems").tell(error.diagnostics, console)
        return FAILED
    except DcsyncError as error:
        console.problem(error_text(error))
        return _code_of(error)
    except KeyboardInterrupt:
        console.problem(visible("dcsync: interrupted"))
        return INTERRUPTED
    except BrokenPipeError:
        return DONE  # the reader is gone (`dcsync plan | head`)
    except Exception as error:  # noqa: BLE001 - a bug must not show a traceback with values in it
        console.problem(visible(_report_bug(error)))
        return FAILED


def exit_code(result: Result) -> int:
    """The code for a command's result: the first rule that holds."""
    rules = (
        (result.interrupted, INTERRUPTED),
        (result.changed and (result.failed or result.refused), PARTIAL),
        (result.failed, FAILED),
        (result.refused, REFUSED),
        (result.missed, MISSED),
        (result.has_changes, CHANGES),
    )
    return next((code for holds, code in rules if holds), DONE)


def _code_of(error: Exception) -> int:
    from dcsync.errors import CommandLineError, ConfigurationError, RefusedError

    match error:
        case CommandLineError() | ConfigurationError():
            return USAGE
        case RefusedError():
            return REFUSED
        case _:
            return FAILED


def _report_bug(error: Exception) -> str:
    """Write where it happened to a log file. Values are left out: one could be a secret."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="dcsync-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"dcsync {__version__}, Python {sys.version}\n")
        log.writelines(traceback.format_tb(error.__traceback__))
        log.write(f"{type(error).__name__}\n")
    return (
        f"dcsync: unexpected {type(error).__name__}: this is a bug in dcsync. "
        f"Where it happened is in {log.name}; please report it with that file."
    )
