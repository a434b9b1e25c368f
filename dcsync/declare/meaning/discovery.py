"""Projects that are found in the cloud: what to search for, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dcsync.dataclass import dataclass
from dcsync.model import Position


@dataclass(frozen=True, slots=True)
class Discovery:
    """A search for projects; `display_name` may be a glob."""

    organization: str
    display_name: str
    position: Position


@dataclass(frozen=True, slots=True)
class FoundProject:
    """A project that exists; inventory projects are never used."""

    project_id: str
    display_name: str
    is_inventory: bool = False


Discover = Callable[[Discovery], Sequence[FoundProject]]
"""Lists an organization's projects, without filtering by name."""
