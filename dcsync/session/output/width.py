"""The width of a command's output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

NARROWEST = 40


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """The columns of the terminal, or of COLUMNS; None if lines are not wrapped."""
    said = environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    if not columns and stream.isatty():
        import shutil  # only terminals need it

        columns = shutil.get_terminal_size().columns
    return max(columns, NARROWEST) if columns else None
