"""The result of a command. Only `dcsync.cli` computes the exit code from it."""

from __future__ import annotations

from dcsync.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """Flags that do not depend on the output format."""

    changed: bool = False
    """Something was changed in the cloud."""
    failed: bool = False
    """Something failed."""
    refused: bool = False
    """Something was refused on purpose, or not attempted."""
    missed: bool = False
    """`watch` or `verify`: an expected event did not arrive in time."""
    has_changes: bool = False
    """`plan --detailed-exitcode`: there are changes."""
    interrupted: bool = False
    """Ended by Ctrl-C or SIGTERM."""
    misused: bool = False
    """The command line names something that does not exist."""
    bug: BaseException | None = None
    """An unexpected error that has not been reported yet."""
