"""What an error comes to: a message for people, and a result. Only a bug gets a log file."""

from __future__ import annotations

import sys

from dcsync import __version__
from dcsync.errors import (
    CommandLineError,
    ConfigurationError,
    DcsyncError,
    DeclarationError,
    RefusedError,
    trouble_with_machine,
)
from dcsync.render.words import Visible, block, error_text, visible
from dcsync.session.output.console import Console
from dcsync.session.output.diagnostics import print_diagnostics
from dcsync.session.result import Result


def explain(error: BaseException, console: Console) -> Result:
    """Report the error, and return what it means for the run."""
    match error:
        case KeyboardInterrupt():
            console.problem(visible("dcsync: interrupted"))
            return Result(interrupted=True)
        case DeclarationError():
            print_diagnostics(error.diagnostics, console)
            return Result(failed=True)
        case _:
            console.problem(message_of(error))
    misused = isinstance(error, CommandLineError | ConfigurationError)
    refused = isinstance(error, RefusedError)
    return Result(failed=not (misused or refused), refused=refused, misused=misused)


def message_of(error: BaseException) -> Visible:
    """What happened: expected errors and trouble with the machine are no bugs."""
    if isinstance(error, DcsyncError):
        return error_text(error)
    trouble = trouble_with_machine(error)
    return visible(f"dcsync: {trouble}") if trouble else _bug_message(error)


def _bug_message(error: BaseException) -> Visible:
    """Where it happened goes to a log file. Values are left out: one could be a secret."""
    import tempfile
    import traceback

    report = "".join(
        [
            f"dcsync {__version__}, Python {sys.version}\n",
            *traceback.format_tb(error.__traceback__),
            f"{type(error).__name__}\n",
        ]
    )
    head = f"dcsync: unexpected {type(error).__name__}: this is a bug in dcsync. "
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="dcsync-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(report)
    except OSError:
        return block(f"{head}No file could be written; please report it with this.\n{report}")
    return visible(f"{head}Where it happened is in {log.name}; please report it with that file.")
