"""What a command came to. The exit code is computed from it in `dcsync.cli`, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """Each flag holds or does not, whatever the output format."""

    changed: bool = False
    """Something was done in the cloud."""
    failed: bool = False
    """Something failed."""
    refused: bool = False
    """Something was refused on purpose, or not attempted."""
    missed: bool = False
    """`watch` or `verify`: what was expected did not come in time."""
    has_changes: bool = False
    """`plan --detailed-exitcode`: there are changes."""
    interrupted: bool = False
    """Ctrl-C or SIGTERM ended it."""
    misused: bool = False
    """The command line asks for something that does not exist."""
    bug: BaseException | None = None
    """An error that nobody expected, and that is still to be told."""
