"""Fleets that are found in the cloud when planning: what to look for and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dcsync.model import Position


@dataclass(frozen=True, slots=True)
class Discovery:
    """The projects to look for; `display_name` may have globs."""

    organization: str
    display_name: str
    position: Position


@dataclass(frozen=True, slots=True)
class FoundProject:
    """A project that exists; the inventory project is never taken."""

    project_id: str
    display_name: str
    is_inventory: bool = False


Discover = Callable[[Discovery], Sequence[FoundProject]]
"""Lists an organization's projects; filtering by name is not its business."""
