"""Limits the work of a run's rules by counting steps, not by time."""

from __future__ import annotations

FREE = 200_000
FOR_EACH = 5_000
"""Steps added per connector; a page of rules takes about a thousand."""


class TooMuchWork(Exception):
    """The rules exceed the limit of work."""


class StepBudget:
    """The remaining steps."""

    def __init__(self) -> None:
        self.left = FREE

    def grow(self) -> None:
        """Add the steps of the next connector."""
        self.left += FOR_EACH

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooMuchWork
