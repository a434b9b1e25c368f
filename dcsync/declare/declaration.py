"""One declaration: a YAML document with the marker, and its position."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dcsync.dataclass import dataclass
from dcsync.declare.strict_yaml.blocks import Block, KeyPath, Mark, line_and_column, mark_of
from dcsync.model import Position

BROKEN: Any = object()
"""Replaces a value that has been reported as invalid: nothing more is reported about it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A document's block and its file; `file` references must stay below `root`."""

    file: str
    folder: Path
    root: Path
    block: Block
    start: Mark

    @property
    def is_discovered(self) -> bool:
        """Whether its projects are those found in the cloud."""
        projects = self.block.get("projects")
        return isinstance(projects, Block) and "discover" in projects

    def at(self, mark: Mark) -> Position:
        line, column = line_and_column(mark)
        return Position(self.file, line, column)

    def position(self, path: KeyPath, *, of_key: bool = False) -> Position:
        return self.at(mark_of(self.block, path, self.start, of_key=of_key))
