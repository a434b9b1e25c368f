"""`python -m dcsync` is the `dcsync` command."""

from dcsync.cli import process

process()
