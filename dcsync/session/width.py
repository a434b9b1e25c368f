"""How wide what a command prints may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

NARROWEST = 40


def width_of(stream: TextIO, environ: Mapping[str, str]) -> int | None:
    """The columns of the terminal, or those that COLUMNS says; None where nothing is wrapped."""
    said = environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    if not columns and stream.isatty():
        import shutil  # only terminals need it

        columns = shutil.get_terminal_size().columns
    return max(columns, NARROWEST) if columns else None
