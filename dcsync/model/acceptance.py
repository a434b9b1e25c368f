"""Drift that somebody has accepted."""

from __future__ import annotations

from dcsync.dataclass import dataclass
from dcsync.model.diagnostic import Position


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One entry of the file: address and field may have globs; `expires` is its last day, as
    2026-12-31.
    """

    address: str
    field: str
    reason: str
    expires: str
    position: Position
